package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.engine.Engine;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** Answers queries, asynchronous ones included, and cancels them. */
final class QueryEndpoint implements AutoCloseable {

  /** After this time the driver is told to ask again, long before its socket times out. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final int KEPT_RUNS = 4_000;
  private static final String IN_PROGRESS = "333333";
  private static final String IN_PROGRESS_ASYNC = "333334";
  private static final String JSON = "application/json";

  private final Engine engine;
  private final ExecutorService executor;
  private final ScheduledThreadPoolExecutor timer;

  private final Map<String, QueryRun> runs =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, QueryRun> eldest) {
          return size() > KEPT_RUNS && eldest.getValue().isDone();
        }
      };

  QueryEndpoint(Engine engine, ExecutorService executor) {
    this.engine = engine;
    this.executor = executor;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "embedded-snowflake-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Runs a statement and answers it. */
  void query(Exchange exchange, WireSession session)
      throws IOException, SQLException, Failure, InterruptedException {
    String requestId = exchange.parameter("requestId");
    QueryRequest request =
        QueryRequest.read(
            requestId == null ? UUID.randomUUID().toString() : requestId, exchange.body());
    QueryRun run =
        new QueryRun(engine, session.session(), request, UUID.randomUUID().toString(), timer);
    QueryRun earlier = session.register(run);
    if (earlier != null) {
      // The driver repeats a request when it lost the answer: it must not run twice.
      await(exchange, earlier, null);
      return;
    }
    synchronized (runs) {
      runs.put(run.queryId(), run);
    }
    if (request.async()) {
      executor.execute(run);
      exchange.answer(inProgress(run, IN_PROGRESS_ASYNC));
      return;
    }
    QueryRun.Sink sink = () -> exchange.open(JSON);
    run.offer(sink);
    executor.execute(run);
    await(exchange, run, sink);
  }

  /** Answers the result of a statement that is asked for by its id. */
  void result(Exchange exchange, String queryId)
      throws IOException, SQLException, Failure, InterruptedException {
    await(exchange, find(queryId), null);
  }

  /** Cancels the statement of a request. */
  JsonObject abort(JsonObject body, WireSession session) {
    JsonElement requestId = body.get("requestId");
    QueryRun run =
        requestId == null || requestId.isJsonNull()
            ? null
            : session.request(requestId.getAsString());
    if (run != null) {
      run.cancel(new Failure("000604", "57014", "SQL execution canceled"));
    }
    return Exchange.success(null);
  }

  /** Tells how far a statement is. */
  JsonObject monitor(String queryId) {
    JsonArray queries = new JsonArray();
    QueryRun run;
    synchronized (runs) {
      run = runs.get(queryId);
    }
    if (run != null) {
      JsonObject query = new JsonObject();
      query.addProperty("id", queryId);
      query.addProperty("status", run.status().name());
      query.addProperty("errorCode", run.errorCode());
      query.addProperty("errorMessage", run.errorMessage());
      queries.add(query);
    }
    JsonObject data = new JsonObject();
    data.add("queries", queries);
    return Exchange.success(data);
  }

  /** Cancels what a session still runs, because it ends. */
  void endSession(WireSession session) {
    session.cancelAll(new Failure("000604", "57014", "SQL execution canceled: the session ended"));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private QueryRun find(String queryId) throws Failure {
    synchronized (runs) {
      QueryRun run = runs.get(queryId);
      if (run == null) {
        throw new Failure("000709", "02000", "Statement " + queryId + " not found");
      }
      return run;
    }
  }

  private void await(Exchange exchange, QueryRun run, QueryRun.@Nullable Sink sink)
      throws IOException, SQLException, Failure, InterruptedException {
    boolean answered = run.await(PATIENCE, sink);
    if (sink != null && answered) {
      return;
    }
    if (!run.isDone()) {
      exchange.answer(inProgress(run, IN_PROGRESS));
      return;
    }
    try (OutputStream out = exchange.open(JSON)) {
      run.writeKept(out);
    }
  }

  private static JsonObject inProgress(QueryRun run, String code) {
    JsonObject data = new JsonObject();
    data.addProperty("queryId", run.queryId());
    data.addProperty("getResultUrl", "/queries/" + run.queryId() + "/result");
    data.addProperty("queryAbortsAfterSecs", 300);
    JsonObject body = Exchange.success(data);
    body.addProperty("code", code);
    body.addProperty("message", "Query execution in progress.");
    return body;
  }
}
