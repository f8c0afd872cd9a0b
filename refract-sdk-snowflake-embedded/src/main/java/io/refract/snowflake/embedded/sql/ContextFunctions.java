package io.refract.snowflake.embedded.sql;

import java.util.Set;

/** Functions about the session and the moment. Source: "Context functions". */
final class ContextFunctions {

  /** Those that stand without parentheses. */
  private static final Set<String> BARE =
      Set.of(
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "CURRENT_USER",
          "LOCALTIME",
          "LOCALTIMESTAMP");

  static final Set<String> NAMES =
      Set.of(
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "GETDATE",
          "SYSDATE",
          "SYSTIMESTAMP",
          "CURRENT_USER",
          "CURRENT_ROLE",
          "CURRENT_WAREHOUSE",
          "CURRENT_DATABASE",
          "CURRENT_SCHEMA",
          "CURRENT_SCHEMAS",
          "CURRENT_ACCOUNT",
          "CURRENT_ACCOUNT_NAME",
          "CURRENT_ORGANIZATION_NAME",
          "CURRENT_REGION",
          "CURRENT_VERSION",
          "CURRENT_SESSION",
          "CURRENT_CLIENT",
          "CURRENT_IP_ADDRESS",
          "CURRENT_STATEMENT",
          "CURRENT_TRANSACTION",
          "CURRENT_AVAILABLE_ROLES",
          "CURRENT_SECONDARY_ROLES",
          "LAST_QUERY_ID");

  private ContextFunctions() {}

  static boolean isBare(String name) {
    return BARE.contains(name);
  }

  /** Tells whether the digits of the seconds may stand in the parentheses. */
  static boolean takesPrecision(String name) {
    return name.equals("CURRENT_TIME")
        || name.equals("CURRENT_TIMESTAMP")
        || name.equals("LOCALTIME")
        || name.equals("LOCALTIMESTAMP");
  }

  static Expr call(String name, SqlContext context) {
    return switch (name) {
      case "CURRENT_DATE" -> Expr.of("current_date", Kind.DATE);
      case "CURRENT_TIME", "LOCALTIME" ->
          Expr.of("CAST(CAST(now() AS TIMESTAMP) AS TIME)", Kind.TIME);
      case "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "GETDATE", "SYSTIMESTAMP" ->
          Expr.of("now()", Kind.TIMESTAMP_TZ);
      case "SYSDATE" -> Expr.of("(now() AT TIME ZONE 'UTC')", Kind.TIMESTAMP);
      case "CURRENT_DATABASE" -> name(context.currentDatabase());
      case "CURRENT_SCHEMA" -> name(context.currentSchema());
      case "CURRENT_SCHEMAS" -> schemas(context);
      default -> {
        String value = context.contextValue(name);
        yield Expr.of(value == null ? "CAST(NULL AS VARCHAR)" : Expr.quote(value), Kind.TEXT);
      }
    };
  }

  private static Expr name(@org.jspecify.annotations.Nullable Identifier name) {
    return Expr.of(name == null ? "CAST(NULL AS VARCHAR)" : Expr.quote(name.name()), Kind.TEXT);
  }

  private static Expr schemas(SqlContext context) {
    Identifier database = context.currentDatabase();
    Identifier schema = context.currentSchema();
    String text =
        database == null || schema == null
            ? "[]"
            : "[\"" + database.name() + "." + schema.name() + "\"]";
    return Expr.of(Expr.quote(text), Kind.TEXT);
  }
}
