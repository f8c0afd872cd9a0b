package io.refract.train.data;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object per line (JSON Lines).
 *
 * <p>A field may be a string, a number or a boolean, and with {@link #joinArrays} an array of them.
 * Skipped and counted are lines that are not a JSON object, lines that lack a field, and fields
 * that are null, blank, objects or arrays. Blank lines are no rows.
 */
public final class JsonlReader extends TextFileReader<JsonlReader> {

  private static final TypeAdapter<JsonElement> ELEMENTS = new Gson().getAdapter(JsonElement.class);

  private @Nullable String separator;

  JsonlReader(Path file) {
    super(file);
  }

  /**
   * Takes arrays of strings, too, as one text. Unless this is called, rows with an array are
   * skipped.
   *
   * @param separator what stands between two elements, for example a blank
   */
  public JsonlReader joinArrays(String separator) {
    this.separator = requireNonNull(separator, "separator");
    return this;
  }

  @Override
  JsonlReader self() {
    return this;
  }

  @Override
  void read(Reader text, String sourceName, String targetName, RowCounter rows) throws IOException {
    BufferedReader lines = new BufferedReader(text);
    Set<String> fields = new LinkedHashSet<>();
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      JsonObject object = parse(line);
      if (object == null) {
        rows.skip(number, "it is not a JSON object");
        continue;
      }
      if (fields.isEmpty()) {
        fields.addAll(object.keySet());
      }
      String problem = problem(object, sourceName);
      problem = problem != null ? problem : problem(object, targetName);
      if (problem != null) {
        rows.skip(number, problem);
      } else {
        rows.use(number, text(object.get(sourceName)), text(object.get(targetName)));
      }
    }
    if (rows.isEmpty() && !fields.isEmpty()) {
      rows.remark("the fields of the first row are: " + Joiner.on(", ").join(fields));
    }
  }

  private static @Nullable JsonObject parse(String line) {
    try (JsonReader reader = new JsonReader(new StringReader(line))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = ELEMENTS.read(reader);
      boolean whole = reader.peek() == JsonToken.END_DOCUMENT;
      return whole && element.isJsonObject() ? element.getAsJsonObject() : null;
    } catch (IOException | JsonParseException e) {
      return null;
    }
  }

  private @Nullable String problem(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null) {
      return "it has no field " + name;
    }
    if (value.isJsonNull()) {
      return "the field " + name + DataReport.NULL;
    }
    if (value.isJsonObject()) {
      return "the field " + name + " is an object";
    }
    if (value.isJsonArray() && separator == null) {
      return "the field " + name + " is an array; joinArrays(\" \") would take it";
    }
    return value.isJsonArray() && !isFlat(value)
        ? "the field " + name + " is an array of something other than texts"
        : null;
  }

  private static boolean isFlat(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
        .allMatch(JsonElement::isJsonPrimitive);
  }

  private String text(JsonElement value) {
    if (value.isJsonArray() && separator != null) {
      return StreamSupport.stream(value.getAsJsonArray().spliterator(), false)
          .map(JsonElement::getAsString)
          .collect(Collectors.joining(separator));
    }
    return value.getAsString();
  }
}
