package io.refract.train.callback;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One JSON object on each line. */
final class JsonRows extends RowFile {

  /** The kept line of a row, under a name that no value has. */
  private static final String LINE = "";

  JsonRows(Path path) {
    super(path);
  }

  @Override
  void begin() {}

  @Override
  void add(Map<String, Object> row) throws IOException {
    JsonObject json = new JsonObject();
    row.forEach((name, value) -> json.add(name, element(value)));
    append(json + "\n");
  }

  private static JsonElement element(Object value) {
    if (value instanceof Number number) {
      return Double.isFinite(number.doubleValue()) ? new JsonPrimitive(number) : JsonNull.INSTANCE;
    }
    return new JsonPrimitive(value.toString());
  }

  @Override
  List<Map<String, String>> read(String text) throws IOException {
    List<Map<String, String>> rows = new ArrayList<>();
    int complete = text.lastIndexOf('\n') + 1;
    for (String line : text.substring(0, complete).split("\n")) {
      if (!line.isBlank()) {
        rows.add(row(line));
      }
    }
    return rows;
  }

  private Map<String, String> row(String line) throws IOException {
    try {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      Map<String, String> row = new LinkedHashMap<>();
      row.put("event", json.get("event").getAsString());
      row.put("step", Integer.toString(json.get("step").getAsInt()));
      row.put(LINE, line);
      return row;
    } catch (JsonParseException
        | IllegalStateException
        | NumberFormatException
        | NullPointerException e) {
      throw new IOException("'" + line + "' is no row of a metric log", e);
    }
  }

  @Override
  String text(List<Map<String, String>> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(row.get(LINE)).append('\n'));
    return text.toString();
  }
}
