package io.refract.samples;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the samples' own files lie. */
final class SampleFiles {

  private SampleFiles() {}

  /** Returns the folder {@code samples} of the project; {@code samples/run} names it. */
  static Path home() {
    return Path.of(System.getProperty("refract.samples", "samples"));
  }

  /** Returns the labelled support tickets. */
  static Path tickets() {
    return home().resolve("data").resolve("support_tickets.csv");
  }

  /** Returns configuration and tokenizer of the tiny T5. */
  static Path tinyModel() {
    return home().resolve("model");
  }

  /** Returns the folder for the files of a sample, which git ignores. */
  static Path output(String sample) {
    return home().resolve("output").resolve(sample);
  }

  /** Returns the first of {@code name-1}, {@code name-2} ... that is not there. */
  static Path nextFree(Path folder, String name) {
    int number = 1;
    while (Files.exists(folder.resolve(name + "-" + number))) {
      number++;
    }
    return folder.resolve(name + "-" + number);
  }
}
