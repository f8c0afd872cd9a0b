package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.engine.Bind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One query request of the driver.
 *
 * @param requestId identifies the request over all its repetitions
 * @param text the SQL
 * @param binds the values of the {@code ?}, in order
 * @param describeOnly whether only the columns are asked for
 * @param async whether the answer is wanted before the statement ends
 * @param parameters the statement's own parameters, for example {@code query_timeout}
 */
record QueryRequest(
    String requestId,
    String text,
    List<Bind> binds,
    boolean describeOnly,
    boolean async,
    Map<String, String> parameters) {

  /** Reads the body of a request. */
  static QueryRequest read(String requestId, JsonObject body) throws Failure {
    JsonElement text = body.get("sqlText");
    if (text == null || text.isJsonNull()) {
      throw new Failure("001003", "42000", "SQL compilation error:\nEmpty SQL statement.");
    }
    Map<String, String> parameters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (body.get("parameters") instanceof JsonObject values) {
      values
          .entrySet()
          .forEach(
              entry -> {
                if (entry.getValue().isJsonPrimitive()) {
                  parameters.put(entry.getKey(), entry.getValue().getAsString());
                }
              });
    }
    return new QueryRequest(
        requestId,
        text.getAsString(),
        binds(body.get("bindings")),
        flag(body, "describeOnly"),
        flag(body, "asyncExec"),
        Collections.unmodifiableMap(parameters));
  }

  private static boolean flag(JsonObject body, String name) {
    JsonElement value = body.get(name);
    return value != null && value.isJsonPrimitive() && value.getAsBoolean();
  }

  private static List<Bind> binds(@Nullable JsonElement bindings) throws Failure {
    if (!(bindings instanceof JsonObject byPosition)) {
      return List.of();
    }
    List<Bind> binds = new ArrayList<>();
    for (int i = 1; i <= byPosition.size(); i++) {
      if (!(byPosition.get(Integer.toString(i)) instanceof JsonObject bind)) {
        throw new Failure(
            "002049", "42601", "SQL compilation error:\nBind variable :" + i + " not set.");
      }
      JsonElement value = bind.get("value");
      List<@Nullable String> values = new ArrayList<>();
      boolean batch = value instanceof JsonArray;
      if (value instanceof JsonArray rows) {
        rows.forEach(row -> values.add(text(row)));
      } else {
        values.add(text(value));
      }
      binds.add(
          new Bind(bind.get("type").getAsString(), Collections.unmodifiableList(values), batch));
    }
    return List.copyOf(binds);
  }

  private static @Nullable String text(@Nullable JsonElement value) {
    return value == null || value.isJsonNull() ? null : value.getAsString();
  }
}
