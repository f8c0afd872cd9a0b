package io.refract.snowflake.embedded.function;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the clauses of CREATE FUNCTION as JSON for the catalog, and reads them back. */
final class OptionsJson {

  private OptionsJson() {}

  static JsonObject write(Definition.Options options) {
    JsonObject json = new JsonObject();
    json.addProperty("language", options.language().name());
    json.addProperty("secure", options.secure());
    json.addProperty("strict", options.strict());
    json.addProperty("immutable", options.immutable());
    json.addProperty("notNull", options.notNull());
    json.addProperty("runtimeVersion", options.runtimeVersion());
    json.add("imports", array(options.imports()));
    json.add("packages", array(options.packages()));
    json.addProperty("repository", options.repository());
    json.addProperty("handler", options.handler());
    json.addProperty("body", options.body());
    json.addProperty("comment", options.comment());
    return json;
  }

  static Definition.Options read(JsonObject json) {
    return new Definition.Options(
        Language.valueOf(json.get("language").getAsString()),
        json.get("secure").getAsBoolean(),
        json.get("strict").getAsBoolean(),
        json.get("immutable").getAsBoolean(),
        json.get("notNull").getAsBoolean(),
        json.get("runtimeVersion").getAsString(),
        list(json.getAsJsonArray("imports")),
        list(json.getAsJsonArray("packages")),
        optional(json, "repository"),
        optional(json, "handler"),
        optional(json, "body"),
        json.get("comment").getAsString());
  }

  static @Nullable String optional(JsonObject json, String name) {
    JsonElement value = json.get(name);
    return value == null || value.isJsonNull() ? null : value.getAsString();
  }

  private static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  private static List<String> list(JsonArray array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.getAsString()));
    return List.copyOf(texts);
  }
}
