package io.refract.snowflake.embedded.function;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.EngineSettings;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.stage.Stages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the processes of Python functions end, whatever the functions do. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PythonLifetimeTest {

  private static final String PID = "import os\ndef f():\n  return os.getpid()";

  @TempDir Path directory;

  @BeforeAll
  static void require_python() {
    PythonFunctionTest.requirePython();
  }

  /** Python code that tells its process id to this JVM, and then never ends. */
  private static final class Endless implements AutoCloseable {

    private final ServerSocket listener;

    Endless() throws IOException {
      listener = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
      listener.setSoTimeout(120_000);
    }

    String code() {
      return """
          import os, socket, time
          with socket.create_connection(("127.0.0.1", %d)) as test:
              test.sendall(str(os.getpid()).encode())
          while True:
              time.sleep(60)
          """
          .formatted(listener.getLocalPort());
    }

    /** Waits until the code runs. */
    ProcessHandle process() throws IOException {
      try (Socket caller = listener.accept()) {
        String pid = new String(caller.getInputStream().readAllBytes(), UTF_8);
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private Engine open() throws Exception {
    Engine engine = Engine.open(new EngineSettings(directory, false, "DEMO", "PUBLIC"));
    Functions.addTo(engine, new Stages(engine), System.getenv());
    return engine;
  }

  private static Session session(Engine engine) throws SQLException {
    Session session = engine.openSession("TESTER");
    session.use(new Identifier("DEMO"), new Identifier("PUBLIC"));
    return session;
  }

  /** Runs a statement to its last row, as the server does, and returns the number of rows. */
  private static int run(Session session, String sql) throws SQLException {
    session.lock().lock();
    try (Result result = session.engine().execute(sql, List.of(), session, "query")) {
      int rows = 0;
      while (result.rows().next() != null) {
        rows++;
      }
      return rows;
    } finally {
      session.lock().unlock();
    }
  }

  private static String create(String head, String body) {
    return "CREATE "
        + head
        + " RETURNS INT LANGUAGE PYTHON RUNTIME_VERSION='3.11' HANDLER='f' AS $$\n"
        + body
        + "\n$$";
  }

  private static FutureTask<Integer> inBackground(Callable<Integer> work) {
    FutureTask<Integer> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "python-lifetime-test");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static FutureTask<Integer> closeInBackground(Engine engine) {
    return inBackground(
        () -> {
          engine.close();
          return 0;
        });
  }

  private static void assertEnds(ProcessHandle python) throws Exception {
    assertThat(python.onExit().get(1, TimeUnit.MINUTES).isAlive()).isFalse();
  }

  @Test
  void an_engine_closes_while_a_function_never_returns() throws Exception {
    try (Endless endless = new Endless()) {
      Engine engine = open();
      Session session = session(engine);
      run(session, create("FUNCTION endless()", "def f():\n" + endless.code().indent(2)));
      FutureTask<Integer> call = inBackground(() -> run(session, "SELECT endless()"));
      ProcessHandle python = endless.process();
      try {
        assertThat(closeInBackground(engine).get(1, TimeUnit.MINUTES)).isZero();
        assertEnds(python);
        assertThatThrownBy(() -> call.get(1, TimeUnit.MINUTES))
            .isInstanceOf(ExecutionException.class);
      } finally {
        python.destroyForcibly();
      }
    }
  }

  @Test
  void an_engine_closes_while_a_module_never_ends_loading() throws Exception {
    try (Endless endless = new Endless()) {
      Engine engine = open();
      Session session = session(engine);
      String create = create("FUNCTION endless()", endless.code() + "def f():\n  return 1");
      FutureTask<Integer> call = inBackground(() -> run(session, create));
      ProcessHandle python = endless.process();
      try {
        assertThat(closeInBackground(engine).get(1, TimeUnit.MINUTES)).isZero();
        assertEnds(python);
        assertThatThrownBy(() -> call.get(1, TimeUnit.MINUTES))
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("the server is closed");
      } finally {
        python.destroyForcibly();
      }
    }
  }

  @Test
  void a_drop_in_another_session_ends_a_call_that_never_returns() throws Exception {
    try (Endless endless = new Endless();
        Engine engine = open()) {
      Session caller = session(engine);
      Session other = session(engine);
      run(caller, create("FUNCTION endless()", "def f():\n" + endless.code().indent(2)));
      FutureTask<Integer> call = inBackground(() -> run(caller, "SELECT endless()"));
      ProcessHandle python = endless.process();
      try {
        FutureTask<Integer> drop = inBackground(() -> run(other, "DROP FUNCTION endless()"));
        assertThat(drop.get(1, TimeUnit.MINUTES)).isEqualTo(1);
        assertThatThrownBy(() -> call.get(1, TimeUnit.MINUTES))
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("The function was dropped");
        assertEnds(python);
      } finally {
        python.destroyForcibly();
      }
    }
  }

  @Test
  void a_temporary_function_ends_with_its_session() throws Exception {
    try (EmbeddedSnowflake snowflake = EmbeddedSnowflake.start()) {
      ProcessHandle python;
      try (Sql session = Sql.to(snowflake)) {
        session.run(create("TEMP FUNCTION pid()", PID));
        python = process(session, "SELECT pid()");
        assertThat(python.isAlive()).isTrue();
      }
      assertEnds(python);
    }
  }

  @Test
  void functions_end_with_their_schema_and_their_database() throws Exception {
    try (EmbeddedSnowflake snowflake = EmbeddedSnowflake.start();
        Sql session = Sql.to(snowflake)) {
      for (String drop :
          List.of(
              "DROP SCHEMA gone.place",
              "CREATE OR REPLACE SCHEMA gone.place",
              "DROP DATABASE gone",
              "CREATE OR REPLACE DATABASE gone")) {
        session.run(
            "CREATE DATABASE IF NOT EXISTS gone",
            "CREATE SCHEMA IF NOT EXISTS gone.place",
            create("FUNCTION gone.place.pid()", PID),
            create("TEMP FUNCTION gone.place.temporary_pid()", PID));
        ProcessHandle kept = process(session, "SELECT gone.place.pid()");
        ProcessHandle temporary = process(session, "SELECT gone.place.temporary_pid()");

        session.run(drop);

        assertEnds(kept);
        assertEnds(temporary);
        assertThat(session.error("SELECT gone.place.temporary_pid()").getErrorCode())
            .as(drop)
            .isEqualTo(2141);
      }
    }
  }

  private static ProcessHandle process(Sql session, String query) throws SQLException {
    return ProcessHandle.of(Long.parseLong(session.rows(query).get(0))).orElseThrow();
  }
}
