package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.ResultStore;
import io.refract.snowflake.embedded.engine.ResultStore.Kept;
import io.refract.snowflake.embedded.engine.RowCursor;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One statement from its request to its answer.
 *
 * <p>A worker thread runs it. Whoever waits for the answer at that moment gets it written directly;
 * when nobody waits any more (asynchronous queries, very long ones) the answer is kept.
 */
final class QueryRun implements Runnable {

  /** What the monitoring end point tells. */
  enum Status {
    RUNNING,
    SUCCESS,
    FAILED_WITH_ERROR
  }

  /** Opens the body of the answer. */
  @FunctionalInterface
  interface Sink {
    OutputStream open() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(QueryRun.class);
  private static final Duration CANCEL_AGAIN = Duration.ofMillis(100);

  private final Engine engine;
  private final Session session;
  private final String requestId;
  private final String queryId;
  private final ScheduledExecutorService timer;
  private final AtomicReference<@Nullable Sink> waiter = new AtomicReference<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile Status status = Status.RUNNING;
  private volatile @Nullable JsonObject failure;
  private volatile @Nullable JsonObject transfer;
  private volatile StatementType type = StatementType.SELECT;
  // Null when the run has ended: the run is kept for long, and its binds may be many.
  private volatile @Nullable QueryRequest request;
  private int numberOfBinds;
  private boolean arrayBindSupported;
  private boolean answered;

  // Guarded by this.
  private boolean executing;
  private @Nullable Failure cancelReason;
  private @Nullable ScheduledFuture<?> timeout;

  QueryRun(
      Engine engine,
      Session session,
      QueryRequest request,
      String queryId,
      ScheduledExecutorService timer) {
    this.engine = engine;
    this.session = session;
    this.request = request;
    this.requestId = request.requestId();
    this.queryId = queryId;
    this.timer = timer;
  }

  String queryId() {
    return queryId;
  }

  String requestId() {
    return requestId;
  }

  Status status() {
    return status;
  }

  /** Returns the code of the error, or null when there is none. */
  @Nullable String errorCode() {
    JsonObject failed = failure;
    return failed == null ? null : failed.get("code").getAsString();
  }

  /** Returns the words of the error, or null when there is none. */
  @Nullable String errorMessage() {
    JsonObject failed = failure;
    return failed == null ? null : failed.get("message").getAsString();
  }

  boolean isDone() {
    return done.getCount() == 0;
  }

  /** Offers to take the answer directly; must be called before the run starts. */
  void offer(Sink sink) {
    waiter.set(sink);
  }

  /**
   * Waits for the end, and stops offering to take the answer when the time is over.
   *
   * @return whether the answer has been written to the offered sink
   */
  boolean await(Duration time, @Nullable Sink offered) throws InterruptedException {
    if (!done.await(time.toMillis(), TimeUnit.MILLISECONDS) && offered != null) {
      if (!waiter.compareAndSet(offered, null)) {
        done.await();
      }
    }
    return answered;
  }

  /** Stops the statement; it then fails with the given reason. */
  void cancel(Failure reason) {
    synchronized (this) {
      if (isDone()) {
        return;
      }
      if (cancelReason == null) {
        cancelReason = reason;
      }
      if (executing) {
        session.cancel();
      }
    }
    // DuckDB forgets an interrupt that arrives between two of its statements.
    var unused =
        timer.schedule(() -> cancel(reason), CANCEL_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    session.lock().lock();
    try {
      synchronized (this) {
        if (cancelReason != null) {
          throw cancelReason;
        }
        session.clearCancel();
        executing = true;
      }
      QueryRequest asked = Objects.requireNonNull(request, "a run runs once");
      scheduleTimeout(asked);
      execute(asked);
      status = Status.SUCCESS;
    } catch (Failure e) {
      fail(e);
    } catch (SqlError e) {
      fail(reasonOr(new Failure(e.code(), e.sqlState(), e.text())));
    } catch (SQLException e) {
      SqlError error = Engine.toSnowflake(e);
      fail(reasonOr(new Failure(error.code(), error.sqlState(), error.text())));
    } catch (Throwable e) {
      // An Error must not leave the client waiting: the driver would wait for minutes.
      LOG.debug("Statement {} failed", queryId, e);
      fail(
          reasonOr(
              new Failure(
                  "000603",
                  "XX000",
                  "The embedded Snowflake failed while it ran the statement: " + e)));
    } finally {
      synchronized (this) {
        executing = false;
        if (timeout != null) {
          timeout.cancel(false);
        }
      }
      request = null;
      session.lock().unlock();
      done.countDown();
    }
  }

  /** Writes the answer again, from what was kept. */
  void writeKept(OutputStream out) throws IOException, SQLException, Failure {
    JsonObject failed = failure;
    JsonObject files = transfer;
    AnswerWriter writer = writer();
    if (failed != null) {
      out.write(AnswerWriter.bytes(failed));
    } else if (files != null) {
      writer.transfer(out, type, files);
    } else {
      Kept kept = engine.results().get(queryId);
      List<@Nullable Object[]> rows = kept == null ? null : kept.rows();
      if (kept == null || rows == null) {
        throw new Failure(
            "000710",
            "02000",
            "The result of statement "
                + queryId
                + " is no longer kept by the embedded Snowflake: run the statement again.");
      }
      writer.rows(out, kept.type(), kept.columns(), RowCursor.of(rows));
    }
  }

  private AnswerWriter writer() {
    return new AnswerWriter(session, queryId, numberOfBinds, arrayBindSupported);
  }

  private synchronized Failure reasonOr(Failure other) {
    return cancelReason != null ? cancelReason : other;
  }

  private void fail(Failure reason) {
    failure = reason.body(queryId);
    status = Status.FAILED_WITH_ERROR;
    Sink sink = waiter.getAndSet(null);
    if (sink != null && !answered) {
      answered = true;
      try (OutputStream out = sink.open()) {
        out.write(AnswerWriter.bytes(reason.body(queryId)));
      } catch (IOException e) {
        LOG.debug("Nobody reads the answer to {}", queryId, e);
      }
    }
  }

  private void execute(QueryRequest asked) throws SQLException, IOException {
    try (Result result =
        asked.describeOnly()
            ? engine.describe(asked.text(), asked.binds(), session)
            : engine.execute(asked.text(), asked.binds(), session, queryId)) {
      type = result.type();
      numberOfBinds = result.numberOfBinds();
      arrayBindSupported = result.type() == StatementType.INSERT;
      transfer = result.transfer();
      answer(result);
    }
  }

  private void answer(Result result) throws SQLException, IOException {
    List<Column> columns = result.columns();
    List<@Nullable Object[]> head = new ArrayList<>();
    @Nullable Object @Nullable [] row = result.rows().next();
    while (row != null && head.size() < ResultStore.KEPT_ROWS_PER_RESULT) {
      head.add(row);
      row = result.rows().next();
    }
    Sink sink = waiter.getAndSet(null);
    if (row == null || sink == null) {
      while (row != null) {
        head.add(row);
        row = result.rows().next();
      }
      engine.results().put(queryId, new Kept(type, columns, head));
      if (sink != null) {
        write(sink, columns, RowCursor.of(head));
      }
      return;
    }
    engine.results().put(queryId, new Kept(type, columns, null));
    write(sink, columns, followedBy(head, row, result.rows()));
  }

  private void write(Sink sink, List<Column> columns, RowCursor rows) throws SQLException {
    answered = true;
    JsonObject files = transfer;
    try (OutputStream out = sink.open()) {
      if (files != null) {
        writer().transfer(out, type, files);
      } else {
        writer().rows(out, type, columns, rows);
      }
    } catch (IOException e) {
      // The client went away; it may ask again with the same request id.
      LOG.debug("Nobody reads the answer to {}", queryId, e);
    }
  }

  private static RowCursor followedBy(
      List<@Nullable Object[]> head, @Nullable Object[] next, RowCursor tail) {
    RowCursor first = RowCursor.of(head);
    return new RowCursor() {
      private @Nullable Object @Nullable [] between = next;

      @Override
      public @Nullable Object @Nullable [] next() throws SQLException {
        @Nullable Object[] row = first.next();
        if (row == null && between != null) {
          row = between;
          between = null;
        } else if (row == null) {
          row = tail.next();
        }
        return row;
      }
    };
  }

  private synchronized void scheduleTimeout(QueryRequest asked) {
    String own = asked.parameters().get("query_timeout");
    long seconds =
        own == null
            ? (Long) session.parameters().get("STATEMENT_TIMEOUT_IN_SECONDS")
            : Long.parseLong(own);
    if (seconds > 0) {
      timeout =
          timer.schedule(
              () ->
                  cancel(
                      new Failure(
                          "000630",
                          "57014",
                          "Statement reached its statement or warehouse timeout of "
                              + seconds
                              + " second(s) and was canceled.")),
              seconds,
              TimeUnit.SECONDS);
    }
  }
}
