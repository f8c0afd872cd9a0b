package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns DuckDB's errors into Snowflake's codes and words. */
final class DuckDbErrors {

  private static final String COMPILATION = "SQL compilation error:\n";
  private static final Pattern MISSING =
      Pattern.compile(
          "(Table|View|Macro|Type|Schema|Sequence) with name \"?([^\"\\n]+?)\"? does not exist");
  private static final Pattern EXISTS =
      Pattern.compile("with name \"?([^\"\\n]+?)\"? already exists");
  private static final Pattern UNKNOWN_FUNCTION =
      Pattern.compile(
          "(?:Scalar |Aggregate |Table )?Function with name \"?([^\"\\s]+)\"? does not exist");
  private static final Pattern COLUMN =
      Pattern.compile("Referenced (?:column|table) \"([^\"]+)\" not found");
  private static final Pattern NO_COLUMN =
      Pattern.compile(
          "(?:does not have a column named|column named|Column with name) \"?([^\"\\s]+)\"?");
  private static final Pattern AMBIGUOUS =
      Pattern.compile("Ambiguous reference to column name \"([^\"]+)\"");
  private static final Pattern NOT_NULL =
      Pattern.compile("NOT NULL constraint failed: (?:.*\\.)?(\\S+)");
  private static final Pattern NOT_CONVERTED =
      Pattern.compile("[Cc]ould not (?:convert|cast|parse) (?:string |value )?['\"]([^'\"]*)['\"]");
  private static final Pattern GROUP_BY =
      Pattern.compile("column \"([^\"]+)\" must appear in the GROUP BY");
  private static final Pattern WRONG_KIND =
      Pattern.compile("Existing object (\\S+) is of type (\\w+), trying to \\w+ type (\\w+)");

  private DuckDbErrors() {}

  /** Returns the error as Snowflake would report it, as closely as DuckDB's words tell. */
  static SqlError toSnowflake(SQLException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SqlError already) {
        return already;
      }
    }
    String text = text(error);
    SqlError carried = CarriedError.find(text);
    if (carried != null) {
      return carried;
    }
    if (text.startsWith("INTERRUPT") || text.contains("Interrupted!")) {
      return SqlError.of("000604", "57014", "SQL execution canceled", error);
    }
    String kind = text.contains(":") ? text.substring(0, text.indexOf(':')) : "";
    return switch (kind) {
      case "Parser Error" -> SqlError.of("001003", "42000", COMPILATION + detail(text), error);
      case "Catalog Error" -> catalog(text, error);
      case "Binder Error" -> binder(text, error);
      case "Constraint Error" -> constraint(text, error);
      case "Conversion Error" -> conversion(text, error);
      case "Out of Range Error" ->
          SqlError.of(
              "100132", "22003", "Number out of representable range: " + detail(text), error);
      case "TransactionContext Error", "Transaction Error" -> transaction(text, error);
      case "Dependency Error" -> SqlError.of("002043", "02000", COMPILATION + detail(text), error);
      case "Not implemented Error" ->
          SqlError.of("000002", "0A000", "Unsupported feature: " + detail(text), error);
      case "Permission Error" -> SqlError.of("003001", "42501", detail(text), error);
      default -> SqlError.of("100183", "P0000", detail(text), error);
    };
  }

  /** Tells whether repeating the statement may succeed, because another session got in between. */
  static boolean isConflict(SQLException error) {
    String text = text(error);
    return (text.startsWith("TransactionContext Error")
            && (text.contains("Conflict") || text.contains("conflict")))
        || text.contains("write-write conflict");
  }

  private static SqlError catalog(String text, SQLException error) {
    Matcher function = UNKNOWN_FUNCTION.matcher(text);
    if (function.find()) {
      return SqlError.of(
          "002140",
          "42601",
          COMPILATION + "Unknown function " + function.group(1).toUpperCase(Locale.ROOT),
          error);
    }
    Matcher exists = EXISTS.matcher(text);
    if (exists.find()) {
      return SqlError.of(
          "002002",
          "42710",
          COMPILATION + "Object '" + exists.group(1) + "' already exists.",
          error);
    }
    Matcher missing = MISSING.matcher(text);
    if (missing.find()) {
      return SqlError.of(
          "002003",
          "42S02",
          COMPILATION + "Object '" + missing.group(2) + "' does not exist or not authorized.",
          error);
    }
    Matcher kind = WRONG_KIND.matcher(text);
    if (kind.find()) {
      return SqlError.of(
          "002203",
          "02000",
          COMPILATION
              + "Object found is of type '"
              + kind.group(2).toUpperCase(Locale.ROOT)
              + "', not specified type '"
              + kind.group(3).toUpperCase(Locale.ROOT)
              + "'.",
          error);
    }
    return SqlError.of("002003", "42S02", COMPILATION + detail(text), error);
  }

  private static SqlError binder(String text, SQLException error) {
    Matcher ambiguous = AMBIGUOUS.matcher(text);
    if (ambiguous.find()) {
      return SqlError.of(
          "000904",
          "42000",
          COMPILATION + "ambiguous column name '" + ambiguous.group(1) + "'",
          error);
    }
    Matcher column = COLUMN.matcher(text);
    if (column.find()) {
      return invalidIdentifier(column.group(1), error);
    }
    Matcher group = GROUP_BY.matcher(text);
    if (group.find()) {
      return SqlError.of(
          "000979",
          "42601",
          COMPILATION + "[" + group.group(1) + "] is not a valid group by expression",
          error);
    }
    if (text.contains("No function matches")) {
      return SqlError.of("001044", "42P13", COMPILATION + detail(text), error);
    }
    if (text.contains("values were supplied")) {
      return SqlError.of(
          "002020",
          "21S01",
          COMPILATION + "Insert value list does not match column list: " + detail(text),
          error);
    }
    Matcher noColumn = NO_COLUMN.matcher(text);
    if (noColumn.find()) {
      return invalidIdentifier(noColumn.group(1), error);
    }
    return SqlError.of("001003", "42000", COMPILATION + detail(text), error);
  }

  private static SqlError invalidIdentifier(String name, SQLException error) {
    return SqlError.of("000904", "42000", COMPILATION + "invalid identifier '" + name + "'", error);
  }

  private static SqlError constraint(String text, SQLException error) {
    Matcher notNull = NOT_NULL.matcher(text);
    if (notNull.find()) {
      return SqlError.of(
          "100072",
          "22000",
          "DML operation to table failed on column "
              + notNull.group(1)
              + " with error: NULL result in a non-nullable column",
          error);
    }
    return SqlError.of("200001", "22000", detail(text), error);
  }

  private static SqlError conversion(String text, SQLException error) {
    Matcher value = NOT_CONVERTED.matcher(text);
    if (text.contains("out of range")) {
      return SqlError.of(
          "100132", "22003", "Numeric value is out of range: " + detail(text), error);
    }
    if (!value.find()) {
      return SqlError.of("100038", "22018", detail(text), error);
    }
    String shown = "'" + value.group(1) + "' is not recognized";
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("timestamp")) {
      return SqlError.of("100035", "22007", "Timestamp " + shown, error);
    }
    if (lower.contains("date")) {
      return SqlError.of("100040", "22007", "Date " + shown, error);
    }
    if (lower.contains("time")) {
      return SqlError.of("100108", "22007", "Time " + shown, error);
    }
    if (lower.contains("bool")) {
      return SqlError.of("100037", "22018", "Boolean value " + shown, error);
    }
    return SqlError.of("100038", "22018", "Numeric value " + shown, error);
  }

  private static SqlError transaction(String text, SQLException error) {
    return SqlError.of(
        "000625",
        "57014",
        "The statement was aborted because another session changed the same rows: " + detail(text),
        error);
  }

  /** Returns DuckDB's message without the wrapper of its prepare step. */
  private static String text(SQLException error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    String wrapper = "Attempting to execute an unsuccessful or closed pending query result";
    int at = message.indexOf(wrapper);
    if (at >= 0) {
      int inner = message.indexOf("Error: ", at);
      return inner < 0 ? message : message.substring(inner + "Error: ".length());
    }
    return message;
  }

  /**
   * Returns the message without its kind, without DuckDB's text of the statement and Java stacks.
   */
  private static String detail(String text) {
    String words = text;
    int line = words.indexOf("\n\nLINE ");
    if (line >= 0) {
      words = words.substring(0, line);
    }
    int stack = words.indexOf("\n\tat ");
    if (stack >= 0) {
      words = words.substring(0, stack);
    }
    int kind = words.indexOf(" Error: ");
    if (kind >= 0 && kind < 40) {
      words = words.substring(kind + " Error: ".length());
    }
    return words.strip();
  }
}
