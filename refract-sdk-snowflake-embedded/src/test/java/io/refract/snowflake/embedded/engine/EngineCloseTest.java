package io.refract.snowflake.embedded.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.embedded.sql.SqlError;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EngineCloseTest {

  @TempDir Path directory;

  private Engine open() throws Exception {
    return Engine.open(new EngineSettings(directory, false, "DEMO", "PUBLIC"));
  }

  @Test
  void what_is_given_to_a_closed_engine_is_closed_at_once() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    Engine engine = open();
    engine.closeWithEngine(closed::incrementAndGet);

    engine.close();
    assertThat(closed).hasValue(1);

    engine.closeWithEngine(closed::incrementAndGet);
    assertThat(closed).hasValue(2);
  }

  @Test
  void a_statement_that_waits_for_a_session_that_ends_does_not_run() throws Exception {
    try (Engine engine = open()) {
      Session session = engine.openSession("TESTER");
      FutureTask<Boolean> closing =
          new FutureTask<>(
              () -> {
                session.close();
                return true;
              });
      Thread thread = new Thread(closing, "engine-close-test");
      thread.setDaemon(true);
      session.lock().lock();
      try {
        thread.start();
        while (!session.isCanceled()) {
          Thread.onSpinWait();
        }
        session.clearCancel();

        assertThatThrownBy(() -> engine.execute("SELECT 1", List.of(), session, "query"))
            .isInstanceOfSatisfying(
                SqlError.class, error -> assertThat(error.sqlState()).isEqualTo("57014"));
      } finally {
        session.lock().unlock();
      }
      assertThat(closing.get(1, TimeUnit.MINUTES)).isTrue();
    }
  }
}
