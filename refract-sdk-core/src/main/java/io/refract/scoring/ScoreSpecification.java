package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.JsonObject;
import io.refract.internal.Json;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a registered model is scored: everything that another JVM needs to build the score function
 * again.
 *
 * @param format the format of the model, see {@link ScorerProvider#format()}
 * @param functionClass the binary name of the score function's class
 * @param configuration what the function's constructor gets, see {@link
 *     ScoreFunction#configuration()}; sorted by key
 * @param jar the file name of the jar that holds the class, next to this specification, or null
 *     when the class is on the class path
 */
public record ScoreSpecification(
    String format, String functionClass, Map<String, String> configuration, @Nullable String jar) {

  /** The name that the jar of a score function gets where it is registered. */
  public static final String JAR = "score.jar";

  /**
   * Copies the map, and checks the values.
   *
   * @throws IllegalArgumentException if the format or the class is blank, or the jar is more than a
   *     file name
   */
  public ScoreSpecification {
    checkArgument(!format.isBlank(), "format must not be blank");
    checkArgument(!functionClass.isBlank(), "class of the score function must not be blank");
    checkArgument(
        jar == null || jar.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        "jar must be a plain file name but was '%s'",
        jar);
    configuration = Collections.unmodifiableMap(new TreeMap<>(configuration));
  }

  /**
   * Describes a score function, and makes sure that another JVM can build it again.
   *
   * @param format the format of the model
   * @param function the function
   * @param jar a jar that holds its class, if it is to travel with the model
   * @throws ScoringException if the function cannot be built again from its class and its
   *     configuration; the message says why
   */
  public static ScoreSpecification of(
      String format, ScoreFunction<?, ?> function, Optional<Path> jar) {
    ScoreSpecification specification =
        new ScoreSpecification(
            format,
            function.getClass().getName(),
            function.configuration(),
            jar.isPresent() ? JAR : null);
    try (ScoreFunctionLoader loader = ScoreFunctionLoader.of(jar)) {
      Map<String, String> restored = loader.restore(specification).configuration();
      if (!restored.equals(specification.configuration())) {
        throw new ScoringException(
            "cannot register the score function %s: built again from its configuration %s it has"
                    .formatted(specification.functionClass(), specification.configuration())
                + " the configuration "
                + restored
                + "; its constructor must take what its configuration() returns",
            null);
      }
    }
    return specification;
  }

  /** Returns this specification as JSON, over several lines. */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("format", format);
    json.addProperty("functionClass", functionClass);
    json.add("configuration", Json.ofStrings(configuration));
    json.addProperty("jar", jar);
    return Json.pretty(json);
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws IllegalArgumentException if the text is not such JSON
   */
  public static ScoreSpecification fromJson(String text) {
    JsonObject json = Json.parse(text);
    return new ScoreSpecification(
        Json.string(json, "format"),
        Json.string(json, "functionClass"),
        Json.strings(json, "configuration"),
        Json.optionalString(json, "jar"));
  }
}
