package io.refract.snowflake.embedded.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives DuckDB's errors Snowflake's codes, SQLStates and words. */
public final class ErrorMapper {

  private static final Pattern MARKED =
      Pattern.compile("\\[sf:(\\d{6}):(\\w{5})\\](.*?)\\[/sf\\]", Pattern.DOTALL);
  private static final int FLAGS = Pattern.DOTALL | Pattern.CASE_INSENSITIVE;

  /** DuckDB's own words; a message may quote a text of the user that has the same word in it. */
  private static final Pattern INTERRUPTED =
      Pattern.compile("^(?:Error: )?INTERRUPT Error|^Interrupted!$", Pattern.MULTILINE);

  private static final Pattern CONFLICT =
      Pattern.compile(
          "TransactionContext Error|TransactionManager Error|Conflict on |write-write conflict");

  private static final Pattern TABLE =
      Pattern.compile("(?:Table|View) with name \"?(.+?)\"? does not exist", FLAGS);
  private static final Pattern SCHEMA =
      Pattern.compile("(?:Schema with name \"?(.+?)\"? does not exist|schema \"(.+?)\")", FLAGS);
  private static final Pattern EXISTS =
      Pattern.compile("(?:\\w+) with name \"?(.+?)\"? already exists", FLAGS);
  private static final Pattern COLUMN =
      Pattern.compile(
          "(?:Referenced column|does not have a column named|does not have a column with name|"
              + "Column with name|Column|column) \"(.+?)\"",
          FLAGS);
  private static final Pattern QUALIFIER = Pattern.compile("Referenced table \"(.+?)\"", FLAGS);
  private static final Pattern AMBIGUOUS =
      Pattern.compile("Ambiguous reference to column name \"(.+?)\"", FLAGS);
  private static final Pattern NOT_NULL =
      Pattern.compile("NOT NULL constraint failed: (.+?)\\s*$", FLAGS | Pattern.MULTILINE);
  private static final Pattern LENGTH =
      Pattern.compile("CHECK constraint failed on table (.+?) with expression", FLAGS);
  private static final Pattern NUMERIC =
      Pattern.compile(
          "Could not convert string [\"'](.*?)[\"'] to (?:U?INT|DECIMAL|DOUBLE|FLOAT|HUGEINT|BIGINT)",
          FLAGS);
  private static final Pattern BOOLEAN =
      Pattern.compile("Could not convert string [\"'](.*?)[\"'] to BOOL", FLAGS);
  private static final Pattern DATE =
      Pattern.compile("date field (?:value out of range|format): \"(.*?)\"", FLAGS);
  private static final Pattern TIMESTAMP =
      Pattern.compile("timestamp field (?:value out of range|format): \"(.*?)\"", FLAGS);
  private static final Pattern RANGE =
      Pattern.compile("(?:Could not cast value|with value) ([-0-9.eE+]+)", FLAGS);
  private static final Pattern VARIANT =
      Pattern.compile("Failed to cast value to numerical: (.+?)\\s*$", FLAGS | Pattern.MULTILINE);
  private static final Pattern TYPES =
      Pattern.compile("given name and argument types '(.+?)'", FLAGS);

  private ErrorMapper() {}

  /** Returns a message that carries an error through DuckDB. */
  static String mark(SqlError error) {
    return "[sf:" + error.code() + ":" + error.sqlState() + "]" + error.text() + "[/sf]";
  }

  /**
   * Returns the Snowflake error for what DuckDB threw.
   *
   * @param error anything that running a translated statement threw; a {@link SqlError} comes back
   *     unchanged
   */
  public static SqlError map(Throwable error) {
    if (error instanceof SqlError known) {
      return known;
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    Matcher marked = MARKED.matcher(message);
    if (marked.find()) {
      return SqlError.of(marked.group(1), marked.group(2), marked.group(3), error);
    }
    if (INTERRUPTED.matcher(message).find()) {
      return SqlError.of("000604", "57014", "SQL execution canceled", error);
    }
    SqlError found = constraint(message, error);
    if (found == null) {
      found = conversion(message, error);
    }
    if (found == null) {
      found = name(message, error);
    }
    if (found == null) {
      found = other(message, error);
    }
    return found;
  }

  private static @org.jspecify.annotations.Nullable SqlError constraint(
      String message, Throwable cause) {
    if (NOT_NULL.matcher(message).find()) {
      return SqlError.of("100072", "22000", "NULL result in a non-nullable column", cause);
    }
    if (LENGTH.matcher(message).find()) {
      return SqlError.of("100078", "22000", "String is too long and would be truncated", cause);
    }
    return null;
  }

  private static @org.jspecify.annotations.Nullable SqlError conversion(
      String message, Throwable cause) {
    Matcher m = NUMERIC.matcher(message);
    if (m.find()) {
      return SqlError.of(
          "100038", "22018", "Numeric value '" + m.group(1) + "' is not recognized", cause);
    }
    m = BOOLEAN.matcher(message);
    if (m.find()) {
      return SqlError.of(
          "100037", "22018", "Boolean value '" + m.group(1) + "' is not recognized", cause);
    }
    m = TIMESTAMP.matcher(message);
    if (m.find()) {
      return SqlError.of(
          "100035", "22007", "Timestamp '" + m.group(1) + "' is not recognized", cause);
    }
    m = DATE.matcher(message);
    if (m.find()) {
      return SqlError.of("100040", "22007", "Date '" + m.group(1) + "' is not recognized", cause);
    }
    m = VARIANT.matcher(message);
    if (m.find()) {
      return SqlError.of(
          "100071", "22000", "Failed to cast variant value " + m.group(1) + " to FIXED", cause);
    }
    if (message.contains("Malformed JSON")) {
      return SqlError.of(
          "002023",
          "22000",
          "SQL compilation error:\nExpression type does not match column data type, expecting"
              + " VARIANT but got VARCHAR",
          cause);
    }
    m = RANGE.matcher(message);
    if (m.find()) {
      return SqlError.of(
          "100039", "22003", "Numeric value '" + m.group(1) + "' is out of range", cause);
    }
    if (message.contains("Out of Range Error") || message.contains("out of range")) {
      return SqlError.of("100039", "22003", "Numeric value is out of range", cause);
    }
    return null;
  }

  private static @org.jspecify.annotations.Nullable SqlError name(String message, Throwable cause) {
    Matcher m = EXISTS.matcher(message);
    if (m.find()) {
      return SqlError.alreadyExists(m.group(1));
    }
    m = TABLE.matcher(message);
    if (m.find()) {
      return SqlError.missingObject(m.group(1));
    }
    m = AMBIGUOUS.matcher(message);
    if (m.find()) {
      return SqlError.of(
          "002028",
          "42601",
          "SQL compilation error:\nambiguous column name '" + m.group(1) + "'",
          cause);
    }
    m = QUALIFIER.matcher(message);
    if (m.find()) {
      return SqlError.invalidIdentifier(m.group(1));
    }
    m = SCHEMA.matcher(message);
    if (m.find()) {
      String schema = m.group(1) == null ? m.group(2) : m.group(1);
      return SqlError.missingObject("Schema", schema);
    }
    if (message.contains("must appear in the GROUP BY clause")) {
      m = COLUMN.matcher(message);
      String column = m.find() ? m.group(1) : "?";
      return SqlError.of(
          "000979",
          "42601",
          "SQL compilation error:\n'" + column + "' is not a valid group by expression",
          cause);
    }
    m = COLUMN.matcher(message);
    if (message.contains("Binder Error") && m.find()) {
      return SqlError.invalidIdentifier(m.group(1));
    }
    return null;
  }

  private static SqlError other(String message, Throwable cause) {
    String text = firstLine(message);
    Matcher m = TYPES.matcher(message);
    if (m.find()) {
      return SqlError.invalidArgumentTypes(m.group(1));
    }
    if (message.contains("More than one row returned by a subquery")) {
      return SqlError.of(
          "100090", "22000", "Single-row subquery returns more than one row.", cause);
    }
    if (message.contains("Parser Error")) {
      return SqlError.of(
          "000002", "0A000", "Unsupported feature 'a construct of this statement': " + text, cause);
    }
    if (CONFLICT.matcher(message).find()) {
      return SqlError.of("000625", "57014", "Statement was aborted: " + text, cause);
    }
    if (message.contains("Binder Error") || message.contains("Catalog Error")) {
      return SqlError.of("001003", "42000", "SQL compilation error:\n" + text, cause);
    }
    return SqlError.of("100132", "P0000", text, cause);
  }

  private static String firstLine(String message) {
    for (String line : message.split("\n")) {
      String text = line.replaceFirst("^(Error: )?\\s*(Invalid Input Error: )?", "").strip();
      if (!text.isEmpty() && !text.contains("Attempting to execute an unsuccessful")) {
        return text;
      }
    }
    return message;
  }
}
