package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;

/** An answer that says what went wrong, in the form that the driver turns into its exception. */
final class Failure extends Exception {

  private static final long serialVersionUID = 1L;

  private final String code;
  private final String sqlState;

  Failure(String code, String sqlState, String message) {
    super(message, null, false, false);
    this.code = code;
    this.sqlState = sqlState;
  }

  static Failure sessionGone() {
    return new Failure(
        "390111", "08001", "Session no longer exists.  New login required to access the service.");
  }

  /** Returns the body; the status is 200, because the driver repeats what answers 500. */
  JsonObject body(String queryId) {
    JsonObject data = new JsonObject();
    data.addProperty("internalError", false);
    data.addProperty("errorCode", code);
    data.addProperty("sqlState", sqlState);
    data.addProperty("queryId", queryId);
    data.addProperty("age", 0);
    data.addProperty("line", -1);
    data.addProperty("pos", -1);
    data.addProperty("type", "COMPILATION");
    JsonObject body = new JsonObject();
    body.add("data", data);
    body.addProperty("code", code);
    body.addProperty("message", getMessage());
    body.addProperty("success", false);
    body.add("headers", JsonNull.INSTANCE);
    return body;
  }
}
