package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The DuckDB macro under whose name a function is called.
 *
 * <p>One macro holds all overloads. It casts the arguments to the declared types, calls DuckDB's
 * own function, which takes and gives text, and casts the result.
 */
final class Macros {

  /**
   * One overload.
   *
   * @param definition what it is
   * @param duckDbName the name of its code in DuckDB
   * @param values each argument as a DuckDB expression over {@link #parameter}, converted
   * @param defaults each default as a DuckDB expression, converted
   */
  record Overload(
      Definition definition, String duckDbName, List<String> values, List<String> defaults) {}

  private Macros() {}

  /**
   * Returns the statement that makes or replaces the macro.
   *
   * @param name the quoted name of the macro
   * @param overloads all overloads, at least one
   */
  static String create(String name, List<Overload> overloads) {
    Map<Integer, Integer> perCount = new HashMap<>();
    for (Overload overload : overloads) {
      for (int n = overload.definition().requiredArguments(); n <= arguments(overload); n++) {
        perCount.merge(n, 1, Integer::sum);
      }
    }
    List<String> forms = new ArrayList<>();
    for (Overload overload : overloads) {
      for (int n = overload.definition().requiredArguments(); n <= arguments(overload); n++) {
        // Types are needed to tell overloads apart only; without them DuckDB casts more freely.
        boolean typed = perCount.getOrDefault(n, 0) > 1;
        for (String parameters : parameters(overload.definition(), n, typed)) {
          forms.add("(" + parameters + ") AS " + body(overload, n));
        }
      }
    }
    return "CREATE OR REPLACE MACRO " + name + " " + String.join(",\n ", forms);
  }

  /**
   * Returns the quoted name of a macro's parameter. It is not the argument's own: DuckDB confuses
   * that with a column of the same name in the body of a function in SQL.
   */
  static String parameter(Definition.Argument argument) {
    return Identifier.quote("~" + argument.name().name());
  }

  private static int arguments(Overload overload) {
    return overload.definition().arguments().size();
  }

  /** Returns the parameter lists under which an overload is found. */
  private static List<String> parameters(Definition definition, int count, boolean typed) {
    List<String> lists = List.of("");
    for (int i = 0; i < count; i++) {
      Definition.Argument argument = definition.arguments().get(i);
      List<String> longer = new ArrayList<>();
      for (String list : lists) {
        for (String type : typed ? types(argument.type()) : List.of("")) {
          longer.add(list + (list.isEmpty() ? "" : ", ") + parameter(argument) + " " + type);
        }
      }
      lists = longer;
    }
    return lists;
  }

  /**
   * DuckDB takes the nearest type: its own integers would come nearer to DOUBLE than to DECIMAL.
   */
  private static List<String> types(SnowflakeType type) {
    return switch (type.base()) {
      case NUMBER -> List.of("BIGINT", "DECIMAL(38," + type.scale() + ")");
      default -> List.of(type.duckDb());
    };
  }

  private static String body(Overload overload, int count) {
    Definition definition = overload.definition();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < arguments(overload); i++) {
      Definition.Argument argument = definition.arguments().get(i);
      String value = i < count ? overload.values().get(i) : overload.defaults().get(i);
      values.add(
          definition.options().language() == Language.SQL
              ? cast(value, argument.type())
              : text(value, argument.type()));
    }
    String call = sqlOrOwn(overload) + "(" + String.join(", ", values) + ")";
    return definition.options().language() == Language.SQL
        ? cast(call, definition.returns())
        : value(call, definition.returns());
  }

  /** The body of a function in SQL is a macro in its schema; other code has no schema. */
  private static String sqlOrOwn(Overload overload) {
    Definition definition = overload.definition();
    return definition.options().language() == Language.SQL
        ? SqlBodies.macro(definition, overload.duckDbName())
        : Identifier.quote(overload.duckDbName());
  }

  /** Returns a value cast to a type, as Snowflake casts an argument. */
  private static String cast(String value, SnowflakeType type) {
    return "CAST(" + value + " AS " + type.duckDb() + ")";
  }

  private static String text(String value, SnowflakeType type) {
    String cast = cast(value, type);
    return switch (type.base()) {
      case VARCHAR -> cast;
      case BINARY -> "hex(" + cast + ")";
      default -> "CAST(" + cast + " AS VARCHAR)";
    };
  }

  private static String value(String text, SnowflakeType type) {
    return switch (type.base()) {
      case VARCHAR -> text;
      case BINARY -> "unhex(" + text + ")";
      default -> "CAST(" + text + " AS " + type.duckDb() + ")";
    };
  }
}
