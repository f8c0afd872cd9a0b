package io.refract.snowflake.embedded;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps what the driver logs about expected errors out of the test output. */
final class QuietDriver {

  // The logging library forgets a logger, and its level, that nobody holds.
  private static final Logger DRIVER = Logger.getLogger("net.snowflake");

  private QuietDriver() {}

  static void install() {
    DRIVER.setLevel(Level.OFF);
  }
}
