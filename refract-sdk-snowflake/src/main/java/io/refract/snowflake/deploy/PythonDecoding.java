package io.refract.snowflake.deploy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.refract.scoring.Decoding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The decoding of a score function as Python gets it. */
final class PythonDecoding {

  private static final String LABELS = "labels";
  private static final Pattern TRANSFORMERS =
      Pattern.compile("transformers\\s*==\\s*(\\d+)\\.(\\d+).*");

  /** What means nothing without do_sample. */
  private static final Set<String> SAMPLING =
      Set.of("temperature", "top_k", "top_p", "min_p", "typical_p", "seed");

  /** From this version on beam search is what it is in Java. */
  private static final int[] SINCE = {4, 50};

  private PythonDecoding() {}

  /**
   * Returns the decoding of a model: that of its score function, else that of its checkpoint.
   *
   * @param model the model
   * @param generationConfig its {@code generation_config.json}
   * @param packages what will be installed
   * @throws DeploymentException if Python would decode in another way
   */
  static Decoding of(ModelFiles model, Optional<Path> generationConfig, List<String> packages) {
    Decoding given = model.function().settings().decoding();
    Decoding decoding =
        given == null ? ofCheckpoint(model, generationConfig) : given.requireConsistent();
    if (decoding.sampling().doSample()) {
      throw refusal(
          model,
          "do_sample",
          "Python draws other random numbers than the registered function does",
          "Register a function that does not sample, for example with beams.");
    }
    if (decoding.beams().numBeams() > 1) {
      packages.forEach(name -> requireCurrent(model, name));
    }
    // A function has one output.
    return decoding.withNumReturnSequences(1);
  }

  private static Decoding ofCheckpoint(ModelFiles model, Optional<Path> generationConfig) {
    if (generationConfig.isEmpty()) {
      return Decoding.defaults();
    }
    try {
      JsonObject json =
          JsonParser.parseString(Files.readString(generationConfig.get())).getAsJsonObject();
      Map<String, String> entries = new HashMap<>();
      json.entrySet().forEach(entry -> entries.put(entry.getKey(), entry.getValue().toString()));
      return Decoding.ofGenerationConfig(entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException | IllegalStateException | JsonParseException e) {
      throw new DeploymentException(
          "Could not plan the deployment of %s: its generation_config.json cannot be used: %s. Register a score function with a Decoding of its own."
              .formatted(model, e.getMessage()),
          e);
    }
  }

  private static void requireCurrent(ModelFiles model, String requirement) {
    Matcher version = TRANSFORMERS.matcher(requirement);
    if (version.matches()) {
      int major = Integer.parseInt(version.group(1));
      int minor = Integer.parseInt(version.group(2));
      if (major < SINCE[0] || (major == SINCE[0] && minor < SINCE[1])) {
        throw refusal(
            model,
            "num_beams",
            requirement + " searches beams by other rules than transformers 4.50 and the SDK do",
            "Take newer packages, for example PackagePreset.PYPI.");
      }
    }
  }

  private static DeploymentException refusal(
      ModelFiles model, String option, String reason, String remedy) {
    return new DeploymentException(
        "Could not plan the deployment of %s: its decoding has %s, but %s. %s"
            .formatted(model, option, reason, remedy),
        null);
  }

  /** Returns the options of {@code generate()} as JSON. */
  static String options(Decoding decoding) {
    JsonObject json = new JsonObject();
    decoding
        .options()
        .forEach(
            (name, value) -> {
              if (!name.equals(LABELS) && !SAMPLING.contains(name)) {
                json.add(name, JsonParser.parseString(value));
              }
            });
    return json.toString();
  }

  /** Returns the labels as a JSON array. */
  static String labels(Decoding decoding) {
    return decoding.options().getOrDefault(LABELS, "[]");
  }
}
