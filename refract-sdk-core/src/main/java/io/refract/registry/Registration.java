package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.refract.artifact.ModelArtifact;
import io.refract.provenance.Provenance;
import io.refract.scoring.ScoreFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A version in the making, see {@link ModelRegistry#register(String)}. Not thread-safe; its product
 * is immutable.
 */
public final class Registration {

  private final RegistryWriter writer;
  private final String name;
  private final Map<String, Double> metrics = new TreeMap<>();
  private @Nullable ModelArtifact model;
  private @Nullable ScoreFunction<?, ?> function;
  private @Nullable Path jar;
  private @Nullable Provenance provenance;
  private String description = "";
  private String by = RegistryWriter.currentUser();

  Registration(RegistryWriter writer, String name) {
    this.writer = writer;
    this.name = name;
  }

  /** Sets the model; required. */
  public Registration model(ModelArtifact artifact) {
    model = requireNonNull(artifact, "model");
    return this;
  }

  /** Sets the score function, whose class must be on the class path wherever it is used. */
  public Registration scoreWith(ScoreFunction<?, ?> scoreFunction) {
    function = requireNonNull(scoreFunction, "score function");
    jar = null;
    return this;
  }

  /**
   * Sets the score function together with a jar that holds its class and travels with the model.
   *
   * @throws IllegalArgumentException if the jar is not a file
   */
  public Registration scoreWith(ScoreFunction<?, ?> scoreFunction, Path functionJar) {
    checkArgument(Files.isRegularFile(functionJar), "jar %s is not a file", functionJar);
    function = requireNonNull(scoreFunction, "score function");
    jar = functionJar;
    return this;
  }

  /** Sets where the model comes from; required. */
  public Registration provenance(Provenance value) {
    provenance = requireNonNull(value, "provenance");
    return this;
  }

  /**
   * Adds what was measured.
   *
   * @throws IllegalArgumentException if a name is blank, or a value is not finite
   */
  public Registration metrics(Map<String, Double> values) {
    values.forEach(
        (metric, value) -> {
          checkArgument(!metric.isBlank(), "name of a metric must not be blank");
          checkArgument(
              Double.isFinite(value), "metric '%s' must be finite but was %s", metric, value);
          metrics.put(metric, value);
        });
    return this;
  }

  /** Sets what the model is for, in Markdown; it goes into the model card. Default empty. */
  public Registration description(String text) {
    description = requireNonNull(text, "description");
    return this;
  }

  /**
   * Sets who registers; default the user of this process.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public Registration by(String person) {
    checkArgument(!person.isBlank(), "by must not be blank");
    by = person;
    return this;
  }

  /**
   * Writes the version. It appears whole or not at all, also when this process is killed, and it
   * gets the next number, also when several processes register at once.
   *
   * <p>Content that is equal to that of an existing, undamaged version (the same model files, score
   * function, jar, provenance, metrics and description) gives no new version: that version is
   * returned. So a program that was interrupted can simply run again.
   *
   * @return the version
   * @throws IllegalStateException if the model, the score function or the provenance is missing
   * @throws io.refract.scoring.ScoringException if the score function cannot be built again from
   *     its class and its configuration
   * @throws RegistryException if writing fails; the registry is then as it was before. If only the
   *     audit log could not be written, the version is there, and the next change logs it
   */
  public ModelVersion commit() {
    checkState(model != null, "cannot register '%s' without model(...)", name);
    checkState(function != null, "cannot register '%s' without scoreWith(...)", name);
    checkState(provenance != null, "cannot register '%s' without provenance(...)", name);
    return writer.register(
        new VersionContent(
            name,
            requireNonNull(model),
            requireNonNull(function),
            Optional.ofNullable(jar),
            requireNonNull(provenance),
            Collections.unmodifiableMap(new TreeMap<>(metrics)),
            description,
            by));
  }
}
