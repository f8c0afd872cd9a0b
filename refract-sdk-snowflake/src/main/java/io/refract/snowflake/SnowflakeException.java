package io.refract.snowflake;

import static com.google.common.base.Strings.nullToEmpty;
import static io.refract.internal.Secrets.masked;

import com.google.common.collect.ImmutableSet;
import io.refract.RefractException;
import io.refract.internal.Secrets;
import io.refract.snowflake.sql.StatementFailure;
import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection that could not be opened, or a statement that failed.
 *
 * <p>The message and the statement never hold a password, a token or the value of a bind.
 */
public final class SnowflakeException extends RefractException implements StatementFailure {

  private static final long serialVersionUID = 1L;
  private static final int STATEMENT_IN_MESSAGE = 1000;

  /** Codes of the driver itself: no connection to the server, and one that broke. */
  private static final ImmutableSet<Integer> NETWORK = ImmutableSet.of(200_002, 200_015);

  private final String sqlState;
  private final int vendorCode;
  private final boolean retryable;
  private final @Nullable String queryId;
  private final @Nullable String statement;

  private SnowflakeException(
      String message, @Nullable SQLException cause, @Nullable String statement) {
    super(message, cause == null ? null : withoutSecrets(cause));
    this.sqlState = cause == null ? "" : nullToEmpty(cause.getSQLState());
    this.vendorCode = cause == null ? 0 : cause.getErrorCode();
    this.retryable = cause != null && mayPass(cause);
    this.queryId = cause == null ? null : queryId(cause);
    this.statement = statement;
  }

  /** Returns the failure to connect to {@code target}. */
  static SnowflakeException connecting(String target, String reason, @Nullable SQLException cause) {
    return new SnowflakeException(
        masked("Could not connect to " + target + ": " + reason), cause, null);
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

  /** Returns the driver's own exception, unless a secret stands in it or in what caused it. */
  private static SQLException withoutSecrets(SQLException e) {
    if (!Secrets.standIn(e)) {
      return e;
    }
    SQLException copy =
        new SQLException(masked(nullToEmpty(e.getMessage())), e.getSQLState(), e.getErrorCode());
    copy.setStackTrace(e.getStackTrace());
    return copy;
  }

  private static boolean mayPass(SQLException e) {
    if (e instanceof SQLTransientException || e instanceof SQLRecoverableException) {
      return true;
    }
    int code = e.getErrorCode();
    // Of the states of class 08, those of the driver are about its settings, 0 is a missing driver,
    // and the login service refuses with 390xxx; to repeat a wrong password can lock the user.
    boolean settled = code == 0 || code / 1000 == 200 || code / 1000 == 390;
    return NETWORK.contains(code) || (nullToEmpty(e.getSQLState()).startsWith("08") && !settled);
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
   * Returns whether the same call may succeed later, because the network or the service failed, and
   * not the statement, the settings or the login.
   */
  public boolean retryable() {
    return retryable;
  }
}
