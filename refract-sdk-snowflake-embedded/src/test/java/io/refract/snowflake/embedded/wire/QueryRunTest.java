package io.refract.snowflake.embedded.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.snowflake.embedded.engine.Bind;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.EngineSettings;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryRunTest {

  @TempDir Path directory;

  /**
   * A run that has ended.
   *
   * @param run the run, as the server keeps it
   * @param bind the value of its {@code ?}
   */
  private record Ended(QueryRun run, WeakReference<Bind> bind) {}

  /** Runs a statement with one bind, in a frame of its own that leaves no reference behind. */
  private static Ended run(
      String sql, Engine engine, Session session, ScheduledThreadPoolExecutor timer)
      throws Failure {
    JsonObject body =
        JsonParser.parseString("{\"bindings\":{\"1\":{\"type\":\"TEXT\",\"value\":\"x\"}}}")
            .getAsJsonObject();
    body.addProperty("sqlText", sql);
    QueryRequest request = QueryRequest.read("the-request", body);
    QueryRun run = new QueryRun(engine, session, request, "the-query", timer);
    run.run();
    return new Ended(run, new WeakReference<>(request.binds().get(0)));
  }

  @Test
  void a_run_that_has_ended_does_not_hold_its_binds() throws Exception {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    try (Engine engine = Engine.open(new EngineSettings(directory, false, "DEMO", "PUBLIC"));
        Session session = engine.openSession("TESTER")) {
      session.use(new Identifier("DEMO"), new Identifier("PUBLIC"));
      Ended succeeded = run("SELECT ?", engine, session, timer);
      Ended failed = run("SELECT ? FROM NOWHERE", engine, session, timer);

      assertCollected(succeeded.bind());
      assertCollected(failed.bind());

      // Reachable to here, as in the server's list of runs.
      assertThat(succeeded.run().status()).isEqualTo(QueryRun.Status.SUCCESS);
      assertThat(succeeded.run().requestId()).isEqualTo("the-request");
      assertThat(failed.run().status()).isEqualTo(QueryRun.Status.FAILED_WITH_ERROR);
      assertThat(failed.run().requestId()).isEqualTo("the-request");
    } finally {
      timer.shutdownNow();
    }
  }

  private static void assertCollected(WeakReference<Bind> bind) {
    for (int i = 0; i < 20 && bind.get() != null; i++) {
      System.gc();
    }
    assertThat(bind.get()).isNull();
  }
}
