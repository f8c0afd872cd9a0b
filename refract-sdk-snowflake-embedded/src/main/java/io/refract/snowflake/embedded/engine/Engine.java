package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.FunctionLibrary;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.Statement;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One embedded Snowflake without its network part: a DuckDB instance, its catalog, its sessions and
 * the list of statement handlers.
 *
 * <p>Thread-safe; the statements of one session run one after the other.
 */
public final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** How often a statement is tried while other sessions change the same rows. */
  private static final int ATTEMPTS = 200;

  private static final int LONGEST_PAUSE = 50;

  private final EngineSettings settings;
  private final DuckDBConnection root;
  private final Catalog catalog;
  private final ResultStore results = new ResultStore();
  private final Downloads downloads = new Downloads();
  private final List<StatementHandler> handlers = new CopyOnWriteArrayList<>();
  private final List<StatementRewriter> rewriters = new CopyOnWriteArrayList<>();
  private final List<FunctionResolver> functions = new CopyOnWriteArrayList<>();
  private final List<Consumer<CatalogObject>> dropListeners = new CopyOnWriteArrayList<>();
  private final Deque<AutoCloseable> closeables = new ArrayDeque<>();
  private final Map<Long, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicLong sessionIds = new AtomicLong();
  private final AtomicLong definitions = new AtomicLong();
  private final QueryRunner queries = new QueryRunner();

  // Guarded by closeables.
  private boolean closing;

  private Engine(EngineSettings settings, DuckDBConnection root) throws SQLException {
    this.settings = settings;
    this.root = root;
    this.catalog = new Catalog(root);
  }

  /**
   * Opens an engine.
   *
   * @throws SQLException when DuckDB cannot open its file
   * @throws IOException when the directories cannot be made
   */
  public static Engine open(EngineSettings settings) throws SQLException, IOException {
    Files.createDirectories(settings.stageDirectory());
    Files.createDirectories(settings.temporaryDirectory());
    Properties properties = new Properties();
    properties.setProperty("temp_directory", settings.temporaryDirectory().toString());
    // Nothing is fetched from the network at run time.
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    String url = settings.persistent() ? "jdbc:duckdb:" + settings.databaseFile() : "jdbc:duckdb:";
    DuckDBConnection root =
        DriverManager.getConnection(url, properties).unwrap(DuckDBConnection.class);
    boolean opened = false;
    try {
      Engine engine = new Engine(settings, root);
      FunctionLibrary.install(root);
      engine.catalog.initialize(settings.database(), settings.schema());
      BuiltInHandlers.addTo(engine, engine.queries);
      opened = true;
      return engine;
    } finally {
      if (!opened) {
        root.close();
      }
    }
  }

  /** Returns where this engine keeps its data. */
  public EngineSettings settings() {
    return settings;
  }

  /** Returns the databases, schemas, stages, file formats and functions. */
  public Catalog catalog() {
    return catalog;
  }

  /** Returns the results that are kept. */
  public ResultStore results() {
    return results;
  }

  /** Returns the addresses of single staged files. */
  public Downloads downloads() {
    return downloads;
  }

  /** Returns a connection of no session, to register DuckDB functions; hold its monitor. */
  public DuckDBConnection root() {
    return root;
  }

  /** Adds a handler behind the present ones. */
  public void addHandler(StatementHandler handler) {
    handlers.add(handler);
  }

  /** Adds a rewriter behind the present ones. */
  public void addRewriter(StatementRewriter rewriter) {
    rewriters.add(rewriter);
  }

  /** Adds a source of user-defined functions. */
  public void addFunctions(FunctionResolver resolver) {
    functions.add(resolver);
  }

  List<FunctionResolver> functions() {
    return functions;
  }

  /**
   * Adds what is told of every object that went with its session, its schema or its database, to
   * end what belongs to it. It is told after the commit, and not of an object that was dropped by
   * its own name.
   */
  public void onDropped(Consumer<CatalogObject> listener) {
    dropListeners.add(listener);
  }

  void dropped(Collection<CatalogObject> objects) {
    for (CatalogObject object : objects) {
      for (Consumer<CatalogObject> listener : dropListeners) {
        try {
          listener.accept(object);
        } catch (RuntimeException e) {
          // Nothing finds the object any more, so what stays of it does no harm.
          LOG.warn("Removing what belongs to {} failed", object.name(), e);
        }
      }
    }
  }

  /**
   * Has something closed together with this engine, for example a Python worker; last in first. An
   * engine that is being closed closes it at once.
   */
  public void closeWithEngine(AutoCloseable resource) {
    synchronized (closeables) {
      if (!closing) {
        closeables.addFirst(resource);
        return;
      }
    }
    closeQuietly(resource);
  }

  /** Stops keeping something that was closed before. */
  public void closedAlready(AutoCloseable resource) {
    synchronized (closeables) {
      closeables.remove(resource);
    }
  }

  /** Opens a session without a current database. */
  public Session openSession(String user) throws SQLException {
    DuckDBConnection connection;
    synchronized (root) {
      connection = root.duplicate().unwrap(DuckDBConnection.class);
    }
    Session session = new Session(this, sessionIds.incrementAndGet(), user, connection);
    sessions.put(session.id(), session);
    session.initialize();
    return session;
  }

  /** Returns a number that changes whenever a table, view or schema does. */
  long definitionsVersion() {
    return definitions.get();
  }

  void definitionsChanged() {
    definitions.incrementAndGet();
  }

  void forget(Session session) {
    sessions.remove(session.id());
  }

  /**
   * Runs a statement; the caller holds the session's lock until it has read the rows.
   *
   * @param sql one Snowflake statement
   * @param queryId the id under which LAST_QUERY_ID() knows it
   * @throws SqlError when it fails
   */
  public Result execute(String sql, List<Bind> binds, Session session, String queryId) {
    try {
      Statement statement = Statement.of(sql);
      session.transactions().requireUsable(statement);
      Result result = repeatedly(new Request(statement, binds, sql), session);
      return result.numberOfBinds(countBinds(statement));
    } catch (SQLException e) {
      session.transactions().afterError();
      throw DuckDbErrors.toSnowflake(e);
    } catch (RuntimeException e) {
      session.transactions().afterError();
      throw e;
    } finally {
      session.addQueryId(queryId);
    }
  }

  /**
   * Describes a statement without running anything of it.
   *
   * @throws SqlError when it could not be run
   */
  public Result describe(String sql, List<Bind> binds, Session session) {
    try {
      Statement statement = Statement.of(sql);
      session.transactions().requireUsable(statement);
      Request request = new Request(statement, binds, sql);
      StatementHandler handler = handlerOf(request);
      Result result =
          handler != null
              ? handler.describe(request, session)
              : queries.describe(rewritten(request, session), session);
      return result.numberOfBinds(countBinds(statement));
    } catch (SQLException e) {
      session.transactions().afterError();
      throw DuckDbErrors.toSnowflake(e);
    } catch (RuntimeException e) {
      session.transactions().afterError();
      throw e;
    }
  }

  /** Returns the Snowflake error for what DuckDB threw while rows were read. */
  public static SqlError toSnowflake(SQLException error) {
    return DuckDbErrors.toSnowflake(error);
  }

  /**
   * Runs a statement again when another session changed the same rows: Snowflake would have waited
   * for that session, DuckDB fails at once.
   */
  private Result repeatedly(Request request, Session session) throws SQLException {
    boolean alone = !session.transactions().isActive();
    for (int attempt = 1; ; attempt++) {
      try {
        return run(request, session);
      } catch (SQLException e) {
        if (!alone || attempt == ATTEMPTS || !DuckDbErrors.isConflict(e)) {
          throw e;
        }
        session.transactions().rollback();
        pause(attempt);
      }
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(1, 2 + Math.min(attempt, LONGEST_PAUSE)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SqlError.of("000604", "57014", "SQL execution canceled", e);
    }
  }

  private Result run(Request request, Session session) throws SQLException {
    StatementHandler handler = handlerOf(request);
    if (handler != null) {
      return handler.execute(request, session);
    }
    return queries.execute(rewritten(request, session), session);
  }

  private @Nullable StatementHandler handlerOf(Request request) {
    for (StatementHandler handler : handlers) {
      if (handler.accepts(request)) {
        return handler;
      }
    }
    return null;
  }

  private Request rewritten(Request request, Session session) throws SQLException {
    Request current = request;
    for (StatementRewriter rewriter : rewriters) {
      current = rewriter.rewrite(current, session);
    }
    return current;
  }

  private static int countBinds(Statement statement) {
    TokenStream tokens = statement.tokens();
    int count = 0;
    while (tokens.peek().kind() != Token.Kind.END) {
      if (tokens.next().isOperator("?")) {
        count++;
      }
    }
    return count;
  }

  /** Ends all sessions, closes what was given to {@link #closeWithEngine}, and closes DuckDB. */
  @Override
  public void close() throws SQLException {
    sessions.values().forEach(Session::end);
    // Before the sessions: a session is closed when its statement has ended, and a statement that
    // waits for a Python function may end with the function's process only.
    for (AutoCloseable resource = nextCloseable(); resource != null; resource = nextCloseable()) {
      closeQuietly(resource);
    }
    for (Session session : List.copyOf(sessions.values())) {
      session.close();
    }
    root.close();
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.warn("Closing {} failed", resource, e);
    }
  }

  private @Nullable AutoCloseable nextCloseable() {
    synchronized (closeables) {
      closing = true;
      return closeables.pollFirst();
    }
  }
}
