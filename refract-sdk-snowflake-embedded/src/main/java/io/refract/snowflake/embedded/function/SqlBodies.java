package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlContext;
import io.refract.snowflake.embedded.sql.Translator;
import java.util.ArrayList;
import java.util.List;

/**
 * The bodies of functions in SQL, and the defaults of arguments, as DuckDB's SQL.
 *
 * <p>A body becomes a scalar subquery over one row that has the arguments as columns. So a column
 * of a table in the body hides an argument of the same name, as in Snowflake, and the translator
 * knows the arguments' types.
 */
final class SqlBodies {

  /** No Snowflake name can be mistaken for it: its letters are lower case and it has a sign. */
  private static final String PARAMETER = "arg~";

  /** Returns the statement that makes the macro with a function's body. */
  String create(Definition definition, String duckDbName, Session session) {
    List<String> parameters = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < definition.arguments().size(); i++) {
      Definition.Argument argument = definition.arguments().get(i);
      String parameter = Identifier.quote(PARAMETER + i);
      parameters.add(parameter);
      columns.add(
          "CAST("
              + parameter
              + " AS "
              + argument.type().duckDb()
              + ") AS "
              + argument.name().quoted());
    }
    // The line break ends a comment in the last line of the body.
    String body =
        Translator.expression(
            "(" + definition.options().body() + "\n)",
            context(definition, session),
            definition.arguments().stream()
                .map(argument -> new SqlContext.Column(argument.name().name(), argument.type()))
                .toList());
    return "CREATE OR REPLACE MACRO "
        + macro(definition, duckDbName)
        + "("
        + String.join(", ", parameters)
        + ") AS (SELECT "
        + body
        + (columns.isEmpty() ? "" : " FROM (SELECT " + String.join(", ", columns) + ")")
        + ")";
  }

  /** Returns the arguments, as the macro's parameters, converted as Snowflake converts them. */
  List<String> values(Definition definition) {
    return definition.arguments().stream()
        .map(argument -> converted(Macros.parameter(argument), argument.type()))
        .toList();
  }

  /** Returns the defaults of the arguments as DuckDB expressions; NULL where there is none. */
  List<String> defaults(Definition definition, Session session) {
    List<String> defaults = new ArrayList<>();
    for (Definition.Argument argument : definition.arguments()) {
      String sql = argument.defaultSql();
      defaults.add(
          sql == null
              ? "NULL"
              : converted(
                  Translator.expression("(" + sql + "\n)", context(definition, session), List.of()),
                  argument.type()));
    }
    return defaults;
  }

  private static String converted(String duckDb, SnowflakeType type) {
    return switch (type.base()) {
      // DuckDB writes JSON and floats as text, and text as JSON, in another way than Snowflake.
      case VARCHAR -> Translator.convert(duckDb, SnowflakeType.VARCHAR);
      case VARIANT, OBJECT, ARRAY -> Translator.convert(duckDb, type);
      // DuckDB's own cast follows, and is faster.
      default -> duckDb;
    };
  }

  /** Returns the quoted name of the macro with a body. */
  static String macro(Definition definition, String duckDbName) {
    return Identifier.quote(definition.name().duckDbSchema()) + "." + Identifier.quote(duckDbName);
  }

  private static SqlContext context(Definition definition, Session session) {
    return new BodyContext(session.sqlContext(), definition.name());
  }
}
