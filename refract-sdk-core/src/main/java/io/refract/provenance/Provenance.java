package io.refract.provenance;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.refract.internal.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from, complete enough to train it again: data, base checkpoint,
 * hyper-parameters, seed, software, machine and time.
 *
 * <pre>{@code
 * Provenance.Recording recording = Provenance.started(Instant.now());
 * // ... train ...
 * Provenance provenance = recording
 *     .dataset("training", training.provenance())
 *     .baseCheckpoint("google-t5/t5-small", digest)
 *     .hyperParameter("learningRate", 3e-4)
 *     .seed(42)
 *     .engine("PyTorch 2.7.1")
 *     .finish(Instant.now());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param datasets the data by role, for example {@code "training"} and {@code "validation"}; in the
 *     order in which they were recorded
 * @param baseCheckpoint the checkpoint that the training started from, or null when the model was
 *     trained from nothing
 * @param hyperParameters every setting of the training by name, in the order in which they were
 *     recorded
 * @param seed the seed of all random decisions of the training
 * @param environment the software and the machine
 * @param startedAt when the training started
 * @param finishedAt when the training finished
 */
public record Provenance(
    Map<String, DatasetProvenance> datasets,
    @Nullable CheckpointProvenance baseCheckpoint,
    Map<String, String> hyperParameters,
    long seed,
    EnvironmentProvenance environment,
    Instant startedAt,
    Instant finishedAt) {

  /**
   * Copies the maps, and checks the values.
   *
   * @throws IllegalArgumentException if the training finished before it started
   */
  public Provenance {
    datasets = Collections.unmodifiableMap(new LinkedHashMap<>(datasets));
    hyperParameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperParameters));
    requireNonNull(environment, "environment");
    checkArgument(
        !finishedAt.isBefore(startedAt),
        "finished time %s must not be before started time %s",
        finishedAt,
        startedAt);
  }

  /**
   * Starts to record.
   *
   * @param startedAt when the training started
   */
  public static Recording started(Instant startedAt) {
    return new Recording(startedAt);
  }

  /** Returns this provenance as JSON, over several lines. */
  public String toJson() {
    JsonObject json = new JsonObject();
    JsonObject data = new JsonObject();
    datasets.forEach((role, dataset) -> data.add(role, dataset.toJson()));
    json.add("datasets", data);
    if (baseCheckpoint == null) {
      json.add("baseCheckpoint", JsonNull.INSTANCE);
    } else {
      JsonObject base = new JsonObject();
      base.addProperty("name", baseCheckpoint.name());
      base.addProperty("sha256", baseCheckpoint.sha256());
      json.add("baseCheckpoint", base);
    }
    json.add("hyperParameters", Json.ofStrings(hyperParameters));
    json.addProperty("seed", seed);
    json.add("environment", environment.toJson());
    json.addProperty("startedAt", startedAt.toString());
    json.addProperty("finishedAt", finishedAt.toString());
    return Json.pretty(json);
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws IllegalArgumentException if the text is not such JSON; the message names the member
   */
  public static Provenance fromJson(String text) {
    JsonObject json = Json.parse(text);
    JsonObject data = Json.object(json, "datasets");
    CheckpointProvenance base = null;
    if (json.has("baseCheckpoint") && !json.get("baseCheckpoint").isJsonNull()) {
      JsonObject member = Json.object(json, "baseCheckpoint");
      base = new CheckpointProvenance(Json.string(member, "name"), Json.string(member, "sha256"));
    }
    return new Provenance(
        Json.members(data, role -> DatasetProvenance.fromJson(Json.object(data, role))),
        base,
        Json.strings(json, "hyperParameters"),
        Json.wholeNumber(json, "seed"),
        EnvironmentProvenance.fromJson(Json.object(json, "environment")),
        Json.instant(json, "startedAt"),
        Json.instant(json, "finishedAt"));
  }

  /** Collects the parts of a {@link Provenance}. Not thread-safe. */
  public static final class Recording {

    private final Instant startedAt;
    private final Map<String, DatasetProvenance> datasets = new LinkedHashMap<>();
    private final Map<String, String> hyperParameters = new LinkedHashMap<>();
    private @Nullable CheckpointProvenance baseCheckpoint;
    private String engine = "none";
    private long seed;

    private Recording(Instant startedAt) {
      this.startedAt = requireNonNull(startedAt, "startedAt");
    }

    /**
     * Adds a data set.
     *
     * @param role what it was used for, for example {@code "training"}
     * @throws IllegalArgumentException if the role is blank or taken
     */
    public Recording dataset(String role, DatasetProvenance dataset) {
      checkArgument(!role.isBlank(), "role of a data set must not be blank");
      checkArgument(
          datasets.putIfAbsent(role, requireNonNull(dataset, "dataset")) == null,
          "a data set with the role '%s' is already recorded",
          role);
      return this;
    }

    /** Sets the checkpoint that the training starts from; without it, trained from nothing. */
    public Recording baseCheckpoint(String name, String sha256) {
      baseCheckpoint = new CheckpointProvenance(name, sha256);
      return this;
    }

    /**
     * Adds a setting; the value is kept as its text.
     *
     * @throws IllegalArgumentException if the name is blank or taken
     */
    public Recording hyperParameter(String name, Object value) {
      checkArgument(!name.isBlank(), "name of a hyper-parameter must not be blank");
      checkArgument(
          hyperParameters.putIfAbsent(name, value.toString()) == null,
          "the hyper-parameter '%s' is already recorded",
          name);
      return this;
    }

    /** Sets the seed of all random decisions; default 0. */
    public Recording seed(long value) {
      seed = value;
      return this;
    }

    /** Sets the tensor engine and its version; default {@code "none"}. */
    public Recording engine(String value) {
      engine = requireNonNull(value, "engine");
      return this;
    }

    /**
     * Completes the record with the environment of this JVM.
     *
     * @throws IllegalArgumentException if the time is before the start
     */
    public Provenance finish(Instant finishedAt) {
      return new Provenance(
          datasets,
          baseCheckpoint,
          hyperParameters,
          seed,
          EnvironmentProvenance.current(engine),
          startedAt,
          finishedAt);
    }
  }
}
