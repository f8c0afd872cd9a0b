package io.refract.samples;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** All metrics and times of a run, written as one JSON object. */
final class Report {

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /** Adds a value. */
  void put(String name, Object value) {
    values.put(name, value);
  }

  /** Adds how long a step took. */
  void time(String step, Duration duration) {
    seconds.put(step, duration.toMillis() / 1000.0);
  }

  /** Returns the report as indented JSON. */
  String toJson() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    if (!seconds.isEmpty()) {
      all.put("seconds", seconds);
    }
    return new GsonBuilder()
        .setPrettyPrinting()
        .disableHtmlEscaping()
        .serializeSpecialFloatingPointValues()
        .create()
        .toJson(all);
  }

  /** Writes the report. */
  void write(Path file) {
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      Files.writeString(file, toJson() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("Writing the report to " + file + " failed: " + e, e);
    }
  }
}
