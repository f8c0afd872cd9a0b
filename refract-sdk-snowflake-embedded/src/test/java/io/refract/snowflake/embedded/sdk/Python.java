package io.refract.snowflake.embedded.sdk;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.List;

/** Whether tests that need a Python on this machine can run. */
final class Python {

  private Python() {}

  /** Skips the test without a Python, or fails it when everything is required. */
  static void assume() {
    String named = System.getenv("REFRACT_PYTHON");
    List<String> candidates =
        named == null || named.isBlank() ? List.of("python3", "python") : List.of(named);
    if (System.getenv(SdkTarget.VARIABLE) != null || candidates.stream().anyMatch(Python::runs)) {
      return;
    }
    String message = "needs Python 3 on this machine; install it or let REFRACT_PYTHON name it";
    if ("true".equals(System.getenv("REFRACT_REQUIRE_ALL"))) {
      fail(message);
    }
    abort(message);
  }

  private static boolean runs(String program) {
    try {
      return new ProcessBuilder(program, "-c", "import sys; sys.exit(sys.version_info < (3, 10))")
              .inheritIO()
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
