package io.refract.provenance;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import io.refract.internal.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The software and the machine that made a model. Java version, operating system and architecture
 * are kept because floating-point results may differ between them.
 *
 * @param sdk the version of this SDK
 * @param engine the tensor engine and its version, for example {@code "PyTorch 2.7.1"}, or {@code
 *     "none"}
 * @param java the version of the Java runtime
 * @param os the name and version of the operating system
 * @param arch the architecture, for example {@code "amd64"}
 */
public record EnvironmentProvenance(
    String sdk, String engine, String java, String os, String arch) {

  /** Checks that nothing is null. */
  public EnvironmentProvenance {
    requireNonNull(sdk, "sdk");
    requireNonNull(engine, "engine");
    requireNonNull(java, "java");
    requireNonNull(os, "os");
    requireNonNull(arch, "arch");
  }

  /**
   * Returns the environment of this JVM.
   *
   * @param engine the tensor engine and its version, or {@code "none"}
   */
  public static EnvironmentProvenance current(String engine) {
    return new EnvironmentProvenance(
        sdkVersion(),
        engine,
        System.getProperty("java.version", "unknown"),
        System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version", ""),
        System.getProperty("os.arch", "unknown"));
  }

  private static String sdkVersion() {
    Properties properties = new Properties();
    try (InputStream in = EnvironmentProvenance.class.getResourceAsStream("version.properties")) {
      properties.load(requireNonNull(in, "version.properties of refract-sdk-core"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("sdk", sdk);
    json.addProperty("engine", engine);
    json.addProperty("java", java);
    json.addProperty("os", os);
    json.addProperty("arch", arch);
    return json;
  }

  static EnvironmentProvenance fromJson(JsonObject json) {
    return new EnvironmentProvenance(
        Json.string(json, "sdk"),
        Json.string(json, "engine"),
        Json.string(json, "java"),
        Json.string(json, "os"),
        Json.string(json, "arch"));
  }
}
