package io.refract.benchmarks;

import com.google.gson.JsonObject;

/** One kind of work that is timed. */
@FunctionalInterface
interface Case {

  /**
   * Does the work once.
   *
   * @param command what exactly
   * @return {@code seconds}, and what was computed
   * @throws UnsupportedCaseException if the SDK has no such thing
   */
  JsonObject run(JsonObject command) throws Exception;
}
