package io.refract.snowflake.embedded.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates Snowflake SQL to DuckDB SQL: queries, INSERT, UPDATE, DELETE, MERGE, and the DDL of
 * tables, views and sequences. Everything else, and every construct in these that is not covered,
 * is refused by name with SQLState 0A000; nothing passes through unread.
 *
 * <p>Stateless and thread-safe.
 */
public final class Translator {

  private Translator() {}

  /**
   * Translates one statement.
   *
   * @param sql the statement, with or without a final semicolon
   * @param context the session
   * @throws SqlError a syntax error, an unknown function or a refusal
   */
  public static Translation translate(String sql, SqlContext context) {
    Statement statement = Statement.of(sql);
    Parser parser = new Parser(statement.tokens(), context);
    return switch (statement.kind()) {
      case QUERY -> {
        String text = parser.queries.query().sql();
        parser.in.expectEnd();
        yield new Translation(
            StatementKind.QUERY, List.of(text), parser.binds(), null, null, List.of());
      }
      case INSERT -> new Dml(parser).insert();
      case UPDATE -> new Dml(parser).update();
      case DELETE -> new Dml(parser).delete();
      case MERGE -> new Dml(parser).merge();
      case CREATE -> new Ddl(parser).create();
      case DROP -> new Ddl(parser).drop();
      case TRUNCATE -> new Ddl(parser).truncate();
      case COMMENT -> new Ddl(parser).comment();
      case ALTER -> new AlterTable(parser).alter();
      case OTHER -> throw parser.in.unexpected();
      default -> throw SqlError.unsupported(statement.kind().name().replace('_', ' '));
    };
  }

  /**
   * Translates one expression, for example the body of a SQL function.
   *
   * @param sql the expression, a query in parentheses included
   * @param context the session
   * @param names what the expression may refer to, for example the arguments of the function
   * @return DuckDB's text, which stands on its own as an operand
   */
  public static String expression(String sql, SqlContext context, List<SqlContext.Column> names) {
    Parser parser = new Parser(TokenStream.of(sql), context);
    parser.qualify();
    Map<String, Kind> columns = new LinkedHashMap<>();
    for (SqlContext.Column name : names) {
      columns.put(name.name(), Kind.of(name.type()));
    }
    parser.scope().add(new Scope.Source("", columns));
    Expr expression = parser.expressions.expression();
    parser.in.expectEnd();
    return expression.typed();
  }

  /**
   * Converts a DuckDB expression, whose type is known only when DuckDB binds it, as Snowflake casts
   * an argument of a function.
   *
   * @param duckDb DuckDB's text of the expression; it may occur several times in the answer, of
   *     which DuckDB keeps one
   * @param type the type to convert to
   */
  public static String convert(String duckDb, SnowflakeType type) {
    return Casts.cast(new Expr(duckDb, Kind.UNKNOWN, -1, null), type, false).sql();
  }
}
