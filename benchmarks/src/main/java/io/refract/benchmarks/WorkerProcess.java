package io.refract.benchmarks;

import ai.djl.engine.Engine;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process is, and what it needed. */
final class WorkerProcess {

  private WorkerProcess() {}

  /** Returns the most memory that was resident at any time, in bytes; Linux only. */
  static JsonObject memory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.notExists(status)) {
      throw new UnsupportedCaseException("peak memory is read from /proc, which this system lacks");
    }
    JsonObject answer = new JsonObject();
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        long kilobytes = Long.parseLong(line.replaceAll("[^0-9]", ""));
        answer.addProperty("bytes", 1024 * kilobytes);
      }
    }
    return answer;
  }

  /** Returns the versions of what computes. */
  static JsonObject versions() {
    JsonObject answer = new JsonObject();
    answer.addProperty("Java", Runtime.version().toString());
    answer.addProperty("DJL", Engine.getDjlVersion());
    answer.addProperty("libtorch", Engine.getEngine("PyTorch").getVersion());
    return answer;
  }
}
