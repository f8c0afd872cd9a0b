package io.refract.samples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.Objects;

/** The Python that functions of the embedded Snowflake need. */
final class Python {

  private Python() {}

  /** Skips the test on a machine without Python, unless REFRACT_REQUIRE_ALL asks for everything. */
  static void required() {
    boolean found = found();
    if (Boolean.parseBoolean(System.getenv("REFRACT_REQUIRE_ALL")) && !found) {
      throw new AssertionError(
          "REFRACT_REQUIRE_ALL is true and there is no Python: install Python 3.10 or newer, or"
              + " point REFRACT_PYTHON at one.");
    }
    assumeTrue(found, "there is no Python on this machine");
  }

  private static boolean found() {
    String python = Objects.requireNonNullElse(System.getenv("REFRACT_PYTHON"), "python3");
    try {
      return new ProcessBuilder(python, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
