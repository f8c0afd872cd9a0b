package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlContext;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * One Snowflake session: its own DuckDB connection, current database and schema, parameters,
 * variables and transaction.
 *
 * <p>Statements of a session run one after the other: whoever runs one holds {@link #lock()}.
 * {@link #cancel()} may be called by any thread.
 */
public final class Session implements AutoCloseable {

  /** The version of Snowflake that the server claims to be. */
  public static final String SERVER_VERSION = "9.99.0";

  private static final long CANCEL_AGAIN_MILLIS = 100;

  private final Engine engine;
  private final long id;
  private final String user;
  private final DuckDBConnection connection;
  private final Transactions transactions;
  private final SessionParameters parameters = new SessionParameters();
  private final Map<String, SessionVariable> variables = new TreeMap<>();
  private final ColumnCache columnCache = new ColumnCache();
  private final List<CatalogObject> temporaryObjects = new ArrayList<>();
  private final List<String> queryIds = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock(true);

  private @Nullable Identifier database;
  private @Nullable Identifier schema;
  private @Nullable String warehouse;
  private String role = "SYSADMIN";
  private volatile java.sql.@Nullable Statement running;
  private volatile boolean canceled;
  private volatile boolean ending;

  Session(Engine engine, long id, String user, DuckDBConnection connection) {
    this.engine = engine;
    this.id = id;
    this.user = user;
    this.connection = connection;
    this.transactions = new Transactions(connection, engine::definitionsChanged);
  }

  /** Returns the engine of this session. */
  public Engine engine() {
    return engine;
  }

  /** Returns the number of this session. */
  public long id() {
    return id;
  }

  /** Returns the name of the user, in upper case. */
  public String user() {
    return user;
  }

  /** Returns the lock that is held while a statement runs and its rows are read. */
  public ReentrantLock lock() {
    return lock;
  }

  /** Returns the DuckDB connection; name resolution follows the current schema. */
  public DuckDBConnection connection() {
    return connection;
  }

  /** Returns what the translator asks about this session. */
  public SqlContext sqlContext() {
    return new SessionContext(this, "");
  }

  /** Returns the transactions of this session. */
  public Transactions transactions() {
    return transactions;
  }

  /** Returns the parameters of this session. */
  public SessionParameters parameters() {
    return parameters;
  }

  /** Returns the session variables by upper-case name. */
  public Map<String, SessionVariable> variables() {
    return variables;
  }

  /** Returns the current database, or null. */
  public @Nullable Identifier database() {
    return database;
  }

  /** Returns the current schema, or null. */
  public @Nullable Identifier schema() {
    return schema;
  }

  /** Returns the current warehouse, or null. */
  public @Nullable String warehouse() {
    return warehouse;
  }

  /** Returns the current role. */
  public String role() {
    return role;
  }

  /** Fills in the current database and schema where a name has none. */
  public QualifiedName.Full resolve(QualifiedName name) {
    return name.resolve(database, schema);
  }

  /** Returns the current database, or throws 090105. */
  public Identifier requireDatabase() {
    Identifier current = database;
    if (current == null) {
      throw SqlError.noCurrentDatabase();
    }
    return current;
  }

  /** Makes a database and, when not null, one of its schemas current; both must exist. */
  public void use(@Nullable Identifier newDatabase, @Nullable Identifier newSchema)
      throws SQLException {
    database = newDatabase;
    schema = newSchema;
    applySearchPath();
  }

  void initialize() throws SQLException {
    applyTimeZone();
    applySearchPath();
  }

  /**
   * Sets a parameter, with its effect on this session.
   *
   * @throws SqlError 000002 when the parameter is unknown, 001006 when the value does not fit
   */
  public void setParameter(String name, String value) throws SQLException {
    ParameterRules.check(name, value);
    parameters.set(name, value);
    applyParameter(name);
  }

  /** Returns a parameter to its default, with its effect on this session. */
  public void unsetParameter(String name) throws SQLException {
    parameters.unset(name);
    applyParameter(name);
  }

  private void applyParameter(String name) throws SQLException {
    if (name.equalsIgnoreCase("TIMEZONE")) {
      applyTimeZone();
    } else if (name.equalsIgnoreCase("AUTOCOMMIT")) {
      transactions.setAutocommit(parameters.flag("AUTOCOMMIT"));
    }
  }

  /** Makes DuckDB convert timestamps by the session's TIMEZONE. */
  void applyTimeZone() throws SQLException {
    update("SET SESSION TimeZone = " + Catalog.literal(parameters.get("TIMEZONE").toString()));
  }

  private void applySearchPath() throws SQLException {
    String current =
        database == null || schema == null
            ? CatalogTables.NOWHERE
            : QualifiedName.duckDbSchema(database, schema);
    update("SET search_path = " + Catalog.literal(Identifier.quote(current)));
  }

  ColumnCache columnCache() {
    return columnCache;
  }

  /** Returns the temporary stages, file formats and functions of this session. */
  List<CatalogObject> temporaryObjects() {
    return temporaryObjects;
  }

  /** Makes a warehouse current; the embedded server has no warehouses, only their name. */
  public void useWarehouse(@Nullable String name) {
    warehouse = name;
  }

  /** Makes a role current; the embedded server checks no privileges. */
  public void useRole(String name) {
    role = name;
  }

  /** Remembers the id of a statement for LAST_QUERY_ID(). */
  public void addQueryId(String queryId) {
    queryIds.add(queryId);
  }

  /**
   * Returns the id of an earlier statement.
   *
   * @param index 1 is the first of the session, -1 the latest
   * @return null when there is no such statement
   */
  public @Nullable String queryId(int index) {
    int position = index < 0 ? queryIds.size() + index : index - 1;
    return position < 0 || position >= queryIds.size() ? null : queryIds.get(position);
  }

  /**
   * Runs a DuckDB statement that returns no rows.
   *
   * @param duckSql DuckDB's SQL, not Snowflake's
   * @param arguments one Java value for each {@code ?}
   * @return the number of changed rows; 0 or -1 for DDL
   */
  public int update(String duckSql, @Nullable Object... arguments) throws SQLException {
    try (PreparedStatement statement = prepare(duckSql, arguments)) {
      return tracked(
          statement,
          () -> {
            boolean rows = statement.execute();
            return rows ? 0 : statement.getUpdateCount();
          });
    }
  }

  /**
   * Reads all rows of a DuckDB query.
   *
   * @param duckSql DuckDB's SQL, not Snowflake's
   * @param arguments one Java value for each {@code ?}
   */
  public List<@Nullable Object[]> query(String duckSql, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = prepare(duckSql, arguments);
        ResultSet rows = tracked(statement, statement::executeQuery)) {
      List<@Nullable Object[]> all = new ArrayList<>();
      RowCursor cursor = new DuckDbCursor(rows);
      for (@Nullable Object[] row = cursor.next(); row != null; row = cursor.next()) {
        all.add(row);
      }
      return all;
    }
  }

  /** Runs work on a DuckDB statement such that {@link #cancel()} interrupts it. */
  public <T extends @Nullable Object> T tracked(
      java.sql.Statement statement, Transactions.Work<T> work) throws SQLException {
    running = statement;
    try {
      if (canceled) {
        throw SqlError.of("000604", "57014", "SQL execution canceled");
      }
      return work.run();
    } finally {
      running = null;
    }
  }

  /** Forgets an earlier cancel; called before a statement starts. */
  public void clearCancel() {
    // What still waits for a session that ends must not run.
    canceled = ending;
  }

  /** Tells whether the statement that runs was canceled; long work in Java asks now and then. */
  public boolean isCanceled() {
    return canceled;
  }

  /** Cancels the statement that runs. */
  public void cancel() {
    canceled = true;
    java.sql.Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        // The statement ended in the meantime: there is nothing left to cancel.
        return;
      }
    }
  }

  /** Cancels the statement that runs and those that wait for it; {@link #close} follows. */
  void end() {
    ending = true;
    cancel();
  }

  /** Rolls back what is open, closes the connection, and drops the temporary objects. */
  @Override
  public void close() throws SQLException {
    end();
    List<CatalogObject> vanished = new ArrayList<>();
    lockCanceling();
    try {
      vanished.addAll(temporaryObjects);
      temporaryObjects.clear();
      if (!connection.isClosed()) {
        transactions.rollback();
        connection.close();
      }
    } finally {
      lock.unlock();
      engine.forget(this);
      engine.dropped(vanished);
    }
  }

  /** Takes the lock from the statement that runs. */
  private void lockCanceling() {
    boolean interrupted = false;
    boolean locked = false;
    while (!locked) {
      try {
        locked = lock.tryLock(CANCEL_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (!locked) {
        // DuckDB forgets an interrupt that arrives between two of its statements.
        cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private PreparedStatement prepare(String duckSql, @Nullable Object... arguments)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(duckSql);
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    return statement;
  }
}
