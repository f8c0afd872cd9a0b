package io.refract.snowflake.embedded.function;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Python function in a process of its own.
 *
 * <p>The process starts with the first batch, and again after it died. It reads batches from its
 * standard input and ends when that does, so it never outlives this JVM. One batch runs at a time.
 */
final class PythonWorker implements Handler {

  private static final Logger LOG = LoggerFactory.getLogger(PythonWorker.class);
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final int KEPT_LINES = 40;

  private final String function;
  private final Path python;
  private final Path script;
  private final Path imports;
  private final JsonObject settings;
  private final Deque<String> lastLines = new ArrayDeque<>();

  // Volatile as closed is: whoever closes while another thread starts must see one of both.
  private volatile @Nullable Process process;
  private @Nullable BufferedWriter requests;
  private @Nullable BufferedReader answers;
  private volatile boolean closed;

  /**
   * Prepares a worker; nothing is started yet.
   *
   * @param function the name for messages
   * @param python the Python program
   * @param script the file of worker.py
   * @param imports the directory with the imported files
   * @param settings what worker.py reads first
   */
  PythonWorker(String function, Path python, Path script, Path imports, JsonObject settings) {
    this.function = function;
    this.python = python;
    this.script = script;
    this.imports = imports;
    this.settings = settings;
  }

  /**
   * Starts the process and loads the handler, unless that is done.
   *
   * @throws SqlError 100357 when the module or the handler cannot be loaded
   */
  synchronized void start() {
    Process running = process;
    if (running != null && running.isAlive()) {
      return;
    }
    if (closed) {
      throw failed("The function was dropped, or the server is closed.", null);
    }
    stop();
    synchronized (lastLines) {
      lastLines.clear();
    }
    try {
      Process started =
          new ProcessBuilder(
                  List.of(
                      python.toString(),
                      "-I",
                      "-B",
                      "-X",
                      "utf8",
                      "-X",
                      "snowflake_import_directory=" + imports + File.separator,
                      script.toString()))
              .start();
      process = started;
      requests =
          new BufferedWriter(
              new OutputStreamWriter(started.getOutputStream(), StandardCharsets.UTF_8));
      answers =
          new BufferedReader(
              new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
      Thread drain = new Thread(() -> drain(started), "refract-python-" + started.pid());
      drain.setDaemon(true);
      drain.start();
    } catch (IOException e) {
      throw failed("Starting " + python + " failed: " + e.getMessage(), e);
    }
    if (closed) {
      // close() ran between the check above and the start, and found nothing to end.
      stop();
      throw failed("The function was dropped, or the server is closed.", null);
    }
    JsonObject ready = exchange(settings);
    if (!ready.has("ready")) {
      stop();
      throw failed(ready.get("error").getAsString(), null);
    }
    LOG.debug("Started Python for {} as process {}", function, pid());
  }

  @Override
  public synchronized @Nullable String[] evaluate(int rows, List<@Nullable String[]> columns) {
    start();
    JsonObject request = new JsonObject();
    request.addProperty("rows", rows);
    JsonArray cells = new JsonArray(columns.size());
    for (@Nullable String[] column : columns) {
      JsonArray array = new JsonArray(rows);
      for (String cell : column) {
        array.add(cell == null ? JsonNull.INSTANCE : new JsonPrimitive(cell));
      }
      cells.add(array);
    }
    request.add("columns", cells);
    JsonObject answer = exchange(request);
    if (!answer.has("values")) {
      throw failed(answer.get("error").getAsString(), null);
    }
    JsonArray values = answer.getAsJsonArray("values");
    @Nullable String[] result = new @Nullable String[rows];
    for (int row = 0; row < rows; row++) {
      JsonElement value = values.get(row);
      result[row] = value.isJsonNull() ? null : value.getAsString();
    }
    return result;
  }

  /** Ends the process at once, also in the middle of a batch. */
  @Override
  public void close() {
    closed = true;
    // Not synchronized: a batch that hangs holds the lock, and must end with its process.
    stop();
  }

  /** Returns the id of the running process, or -1. */
  long pid() {
    Process running = process;
    return running == null || !running.isAlive() ? -1 : running.pid();
  }

  private void stop() {
    Process running = process;
    if (running != null) {
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      running.destroyForcibly();
    }
  }

  private JsonObject exchange(JsonObject message) {
    BufferedWriter out = requests;
    BufferedReader in = answers;
    if (out == null || in == null) {
      throw new IllegalStateException("The worker of " + function + " is not started.");
    }
    try {
      out.write(GSON.toJson(message));
      out.write('\n');
      out.flush();
      String line = in.readLine();
      if (line != null) {
        return JsonParser.parseString(line).getAsJsonObject();
      }
    } catch (IOException e) {
      LOG.debug("The pipe to the Python of {} broke", function, e);
    }
    throw died();
  }

  private SqlError died() {
    Process ended = process;
    String status = "";
    if (ended != null) {
      try {
        if (ended.waitFor(5, TimeUnit.SECONDS)) {
          status = " with exit status " + ended.exitValue();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    stop();
    if (closed) {
      return failed("The function was dropped, or the server is closed.", null);
    }
    String tail;
    synchronized (lastLines) {
      tail = String.join("\n", lastLines);
    }
    return failed("The Python process ended" + status + ".\n" + tail, null);
  }

  private void drain(Process started) {
    try (BufferedReader errors =
        new BufferedReader(
            new InputStreamReader(started.getErrorStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = errors.readLine()) != null) {
        LOG.debug("{}: {}", function, line);
        synchronized (lastLines) {
          lastLines.addLast(line);
          if (lastLines.size() > KEPT_LINES) {
            lastLines.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      LOG.debug("The standard error of the Python of {} broke", function, e);
    }
  }

  private SqlError failed(String text, @Nullable Throwable cause) {
    String message =
        "Python Interpreter Error:\n"
            + text.strip()
            + "\n in function "
            + function
            + " with handler "
            + settings.get("handler").getAsString();
    return cause == null
        ? SqlError.of("100357", "P0000", message)
        : SqlError.of("100357", "P0000", message, cause);
  }
}
