package io.refract.snowflake;

import static com.google.common.base.Strings.nullToEmpty;

import io.refract.RefractException;
import io.refract.snowflake.sql.StatementFailure;
import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection that could not be opened, or a statement that failed.
 *
 * <p>The message and the statement never hold a password, a token or the value of a bind.
 */
public final class SnowflakeException extends RefractException implements StatementFailure {

  private static final long serialVersionUID = 1L;
  private static final int STATEMENT_IN_MESSAGE = 1000;
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)\\b(\\w*(?:password|passphrase|secret|token|private_key|secret_key|key_id|"
              + "client_secret|master_key)\\w*\\s*(?:=>?|:)\\s*)'(?:[^'\\\\]|''|\\\\.)*'",
          Pattern.DOTALL);

  private final String sqlState;
  private final int vendorCode;
  private final @Nullable String queryId;
  private final @Nullable String statement;

  private SnowflakeException(
      String message, @Nullable SQLException cause, @Nullable String statement) {
    super(message, cause);
    this.sqlState = cause == null ? "" : nullToEmpty(cause.getSQLState());
    this.vendorCode = cause == null ? 0 : cause.getErrorCode();
    this.queryId = cause == null ? null : queryId(cause);
    this.statement = statement;
  }

  /** Returns the failure to connect to {@code target}. */
  static SnowflakeException connecting(String target, String reason, @Nullable SQLException cause) {
    return new SnowflakeException("Could not connect to " + target + ": " + reason, cause, null);
  }

  /** Returns the failure of a statement. */
  static SnowflakeException running(String sql, SQLException cause) {
    String statement = masked(sql);
    String shown =
        statement.length() <= STATEMENT_IN_MESSAGE
            ? statement
            : statement.substring(0, STATEMENT_IN_MESSAGE) + " ...";
    String id = queryId(cause);
    return new SnowflakeException(
        "Snowflake refused a statement: %s%nSQLState %s, code %d, query id %s%nStatement: %s"
            .formatted(
                masked(nullToEmpty(cause.getMessage())),
                cause.getSQLState(),
                cause.getErrorCode(),
                id == null ? "unknown" : id,
                shown),
        cause,
        statement);
  }

  private static String masked(String sql) {
    return SECRET.matcher(sql).replaceAll("$1'***'");
  }

  /** Asks the driver's own exception; by reflection, as the driver is not compiled against. */
  private static @Nullable String queryId(SQLException cause) {
    try {
      Object id = cause.getClass().getMethod("getQueryId").invoke(cause);
      return id == null ? null : id.toString();
    } catch (NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException
        | RuntimeException e) {
      return null;
    }
  }

  @Override
  public String sqlState() {
    return sqlState;
  }

  @Override
  public int vendorCode() {
    return vendorCode;
  }

  @Override
  public Optional<String> queryId() {
    return Optional.ofNullable(queryId);
  }

  @Override
  public Optional<String> statement() {
    return Optional.ofNullable(statement);
  }

  /**
   * Returns whether the same call may succeed later, because the network, the login service or the
   * session failed and not the statement itself.
   */
  public boolean retryable() {
    return getCause() instanceof SQLTransientException
        || getCause() instanceof SQLRecoverableException
        || sqlState.startsWith("08");
  }
}
