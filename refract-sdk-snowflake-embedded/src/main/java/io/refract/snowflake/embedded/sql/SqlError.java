package io.refract.snowflake.embedded.sql;

import io.refract.RefractException;
import org.jspecify.annotations.Nullable;

/**
 * A failed statement, as Snowflake reports it: a six-digit code, an SQLState and a message in
 * Snowflake's words.
 */
public final class SqlError extends RefractException {

  private static final long serialVersionUID = 1L;

  private static final String COMPILATION = "SQL compilation error:\n";

  private final String code;
  private final String sqlState;

  private SqlError(String code, String sqlState, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.sqlState = sqlState;
  }

  /** Returns the six digits of Snowflake's error code, for example {@code 002003}. */
  public String code() {
    return code;
  }

  /** Returns the SQLState, five characters. */
  public String sqlState() {
    return sqlState;
  }

  /** Returns the message, never null. */
  public String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** Returns an error with a code, an SQLState and a message of the caller's choice. */
  public static SqlError of(String code, String sqlState, String message) {
    return new SqlError(code, sqlState, message, null);
  }

  /** Returns an error with a cause. */
  public static SqlError of(String code, String sqlState, String message, Throwable cause) {
    return new SqlError(code, sqlState, message, cause);
  }

  /** Returns 001003/42000: the token at a place does not fit the grammar. */
  public static SqlError syntax(int line, int position, String unexpected) {
    return of(
        "001003",
        "42000",
        COMPILATION
            + "syntax error line "
            + line
            + " at position "
            + position
            + " unexpected '"
            + unexpected
            + "'.");
  }

  /** Returns 001003/42000 with a reason in words. */
  public static SqlError syntax(String reason) {
    return of("001003", "42000", COMPILATION + reason);
  }

  /** Returns 002003/42S02: a table or view is missing. */
  public static SqlError missingObject(String name) {
    return of(
        "002003", "42S02", COMPILATION + "Object '" + name + "' does not exist or not authorized.");
  }

  /**
   * Returns 002003/02000: an object of another kind is missing.
   *
   * @param kind for example {@code Stage}, {@code Schema}, {@code Database}, {@code Function}
   */
  public static SqlError missingObject(String kind, String name) {
    return of(
        "002003",
        "02000",
        COMPILATION + kind + " '" + name + "' does not exist or not authorized.");
  }

  /** Returns 002043/02000: the object of a DROP, DESCRIBE or ALTER is missing. */
  public static SqlError operationCannotBePerformed() {
    return of(
        "002043",
        "02000",
        COMPILATION + "Object does not exist, or operation cannot be performed.");
  }

  /** Returns 002002/42710: the name is taken. */
  public static SqlError alreadyExists(String name) {
    return of("002002", "42710", COMPILATION + "Object '" + name + "' already exists.");
  }

  /** Returns 000904/42000: a column name is unknown. */
  public static SqlError invalidIdentifier(String name) {
    return of("000904", "42000", COMPILATION + "invalid identifier '" + name + "'");
  }

  /** Returns 002140/42601: a function is neither built in nor user-defined. */
  public static SqlError unknownFunction(String name) {
    return of("002140", "42601", COMPILATION + "Unknown function " + name);
  }

  /** Returns 000938/22023: too few or too many arguments. */
  public static SqlError argumentCount(String function, String expected, int got) {
    return of(
        "000938",
        "22023",
        COMPILATION
            + "wrong number of arguments for function ["
            + function
            + "], expected "
            + expected
            + ", got "
            + got);
  }

  /** Returns 001044/42P13: the types of arguments do not fit a function. */
  public static SqlError invalidArgumentTypes(String detail) {
    return of("001044", "42P13", COMPILATION + "Invalid argument types for function: " + detail);
  }

  /** Returns 000002/0A000: something that the embedded Snowflake does not do. */
  public static SqlError unsupported(String feature) {
    return of("000002", "0A000", "Unsupported feature '" + feature + "'.");
  }

  /** Returns 090105/22000: an unqualified name, and no current database. */
  public static SqlError noCurrentDatabase() {
    return of(
        "090105",
        "22000",
        "Cannot perform operation. This session does not have a current database. Call 'USE"
            + " DATABASE', or use a qualified name.");
  }

  /** Returns 090106/22000: an unqualified name, and no current schema. */
  public static SqlError noCurrentSchema() {
    return of(
        "090106",
        "22000",
        "Cannot perform operation. This session does not have a current schema. Call 'USE SCHEMA',"
            + " or use a qualified name.");
  }

  /** Returns 100132/P0000: a user-defined function failed. */
  public static SqlError functionFailed(String function, String reason) {
    return of("100132", "P0000", "Function " + function + " failed: " + reason);
  }
}
