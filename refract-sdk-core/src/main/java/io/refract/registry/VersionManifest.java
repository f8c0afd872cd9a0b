package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.JsonObject;
import io.refract.artifact.ArtifactManifest;
import io.refract.internal.Json;
import java.time.Instant;
import java.util.Map;

/** The content of a version's {@code manifest.json}: what it is, and every file of it. */
record VersionManifest(
    String model,
    int version,
    Instant registeredAt,
    String registeredBy,
    String description,
    Map<String, Double> metrics,
    ArtifactManifest content) {

  private static final int FORMAT_VERSION = 1;

  VersionManifest withVersion(int value) {
    return new VersionManifest(
        model, value, registeredAt, registeredBy, description, metrics, content);
  }

  String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("formatVersion", FORMAT_VERSION);
    json.addProperty("model", model);
    json.addProperty("version", version);
    json.addProperty("registeredAt", registeredAt.toString());
    json.addProperty("registeredBy", registeredBy);
    json.addProperty("description", description);
    json.add("metrics", Json.ofNumbers(metrics));
    json.add("content", Json.parse(content.toJson()));
    return Json.pretty(json);
  }

  static VersionManifest fromJson(String text) {
    JsonObject json = Json.parse(text);
    long format = Json.wholeNumber(json, "formatVersion");
    checkArgument(format == FORMAT_VERSION, "format version %s is not known", format);
    return new VersionManifest(
        Json.string(json, "model"),
        Math.toIntExact(Json.wholeNumber(json, "version")),
        Json.instant(json, "registeredAt"),
        Json.string(json, "registeredBy"),
        Json.string(json, "description"),
        Json.numbers(json, "metrics"),
        ArtifactManifest.fromJson(Json.object(json, "content").toString()));
  }
}
