package io.refract.snowflake.embedded.sql;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rows of FLATTEN. Source: "FLATTEN". */
final class Flatten {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final boolean recursive;
  private final String mode;
  private final List<String> rows = new ArrayList<>();

  private Flatten(boolean recursive, String mode) {
    this.recursive = recursive;
    this.mode = mode;
  }

  /** The input, PATH, OUTER, RECURSIVE and MODE; gives a JSON array of rows. */
  static String rows(@Nullable String[] a) {
    boolean outer = "1".equals(a[2]);
    JsonElement input = a[0] == null ? null : JsonText.read(a[0]);
    String prefix = a[1] == null ? "" : a[1];
    if (input != null && !prefix.isEmpty()) {
      input = JsonFunctions.path(input, prefix);
    }
    String mode = a[4] == null ? "BOTH" : a[4].toUpperCase(java.util.Locale.ROOT);
    Flatten flatten = new Flatten("1".equals(a[3]), mode);
    if (input != null) {
      flatten.expand(input, prefix);
    }
    if (flatten.rows.isEmpty() && outer) {
      boolean composite = input instanceof JsonObject || input instanceof JsonArray;
      String self = composite && input != null ? ",\"THIS\":" + JsonText.write(input) : "";
      flatten.rows.add("{\"PATH\":" + JsonText.quote(prefix) + self + "}");
    }
    return "[" + String.join(",", flatten.rows) + "]";
  }

  private void expand(JsonElement value, String path) {
    if (value instanceof JsonObject object && !mode.equals("ARRAY")) {
      for (String key : JsonFunctions.keys(object)) {
        String step =
            PLAIN.matcher(key).matches()
                ? (path.isEmpty() ? "" : path + ".") + key
                : path + "['" + key + "']";
        row(JsonText.quote(key), null, object.get(key), object, step);
      }
    } else if (value instanceof JsonArray array && !mode.equals("OBJECT")) {
      for (int i = 0; i < array.size(); i++) {
        row(null, i, array.get(i), array, path + "[" + i + "]");
      }
    }
  }

  private void row(
      @Nullable String key,
      @Nullable Integer index,
      JsonElement value,
      JsonElement self,
      String path) {
    StringBuilder row = new StringBuilder("{\"PATH\":").append(JsonText.quote(path));
    if (key != null) {
      row.append(",\"KEY\":").append(key);
    }
    if (index != null) {
      row.append(",\"INDEX\":").append(index);
    }
    row.append(",\"VALUE\":").append(JsonText.write(value));
    row.append(",\"THIS\":").append(JsonText.write(self)).append('}');
    rows.add(row.toString());
    if (recursive) {
      expand(value, path);
    }
  }
}
