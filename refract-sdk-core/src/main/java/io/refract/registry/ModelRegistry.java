package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressListener;
import io.refract.provenance.ApprovalRecord;
import io.refract.scoring.Scorer;
import io.refract.scoring.WeightFormat;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keeps models in a directory: immutable, numbered versions with their score functions, their
 * lifecycle stages, approvals and aliases, and an audit log of every change.
 *
 * <pre>{@code
 * ModelRegistry registry = ModelRegistry.at(Path.of("registry"));
 * ModelVersion version = registry.register("news-summarizer")
 *     .model(model).scoreWith(new Summarizer())
 *     .provenance(result.provenance()).metrics(result.metrics())
 *     .commit();
 * registry.promote(version).to(LifecycleStage.PRODUCTION).by("ana").because("ROUGE-L 0.31").commit();
 *
 * try (Scorer<String, String> scorer = registry.scorer("news-summarizer", LifecycleStage.PRODUCTION)) {
 *   System.out.println(scorer.score(article));
 * }
 * }</pre>
 *
 * <p>Any number of threads, processes and machines may use one directory at once, and any of them
 * may be killed at any moment: everything becomes visible by one atomic rename, and no lock is
 * taken. A stage is what the audit log says it is.
 *
 * <p>Thread-safe; it holds nothing open.
 */
public final class ModelRegistry {

  private final RegistryLayout layout;
  private final PromotionPolicy policy;
  private final Clock clock;
  private final ProgressListener progress;
  private final EventStore events;
  private final VersionStore versions;
  private final RegistryWriter writer;

  private ModelRegistry(
      RegistryLayout layout, PromotionPolicy policy, Clock clock, ProgressListener progress) {
    this.layout = layout;
    this.policy = requireNonNull(policy, "policy");
    this.clock = clock;
    this.progress = requireNonNull(progress, "progress");
    Workspace workspace = new Workspace(layout);
    this.events = new EventStore(layout, workspace, clock);
    this.versions = new VersionStore(layout, workspace, clock, progress);
    this.writer = new RegistryWriter(layout, workspace, events, versions, policy, progress);
  }

  /**
   * Opens a registry with the standard policy. Nothing is written before the first change.
   *
   * @param directory a registry, an empty directory, or one that does not exist yet
   * @throws RegistryException if the directory holds something else
   */
  public static ModelRegistry at(Path directory) {
    return at(directory, PromotionPolicy.standard());
  }

  /**
   * Opens a registry with a policy for moves between stages.
   *
   * @param directory a registry, an empty directory, or one that does not exist yet
   * @throws RegistryException if the directory holds something else
   */
  public static ModelRegistry at(Path directory, PromotionPolicy policy) {
    return at(directory, policy, Clock.systemUTC());
  }

  static ModelRegistry at(Path directory, PromotionPolicy policy, Clock clock) {
    return new ModelRegistry(RegistryLayout.at(directory), policy, clock, ProgressListener.none());
  }

  /** Returns this registry with a listener that hears of long reading and copying. */
  public ModelRegistry reportingTo(ProgressListener listener) {
    return new ModelRegistry(layout, policy, clock, listener);
  }

  /** Returns the directory of this registry. */
  public Path directory() {
    return layout.root();
  }

  /**
   * Starts to register a new version.
   *
   * @param name the name of the model: 1 to 100 letters (A-Z, a-z), digits, {@code .}, {@code _} or
   *     {@code -}, with a letter or digit at both ends
   * @throws IllegalArgumentException if the name is not so, or reserved on some systems
   */
  public Registration register(String name) {
    return new Registration(writer, RegistryLayout.checkName(name, "model name"));
  }

  /** Returns the names of all models that have a version, sorted. */
  public List<String> models() {
    return versions.models();
  }

  /**
   * Returns all versions of a model, the oldest first; none when the model is not known. Their
   * manifests are checked against the audit log, their files are not read.
   *
   * @throws RegistryException if the manifest of a version is damaged
   */
  public List<ModelVersion> versions(String name) {
    ModelState state = ModelState.of(events.read(name));
    return versions.numbers(name).stream().map(number -> listed(name, number, state)).toList();
  }

  /**
   * Returns one version, all its files verified.
   *
   * @throws RegistryException if there is no such version, or it is damaged
   */
  public ModelVersion version(String name, int number) {
    List<Integer> numbers = versions.numbers(name);
    if (!numbers.contains(number)) {
      throw new RegistryException(
          numbers.isEmpty()
              ? "cannot open version %d of '%s': there is no such model in %s, only %s; check the name"
                  .formatted(number, name, layout.root(), models())
              : "cannot open version %d of '%s': there are only the versions %s; check the number"
                  .formatted(number, name, numbers),
          null);
    }
    ModelVersion version = listed(name, number, ModelState.of(events.read(name)));
    version.verify(progress);
    return version;
  }

  private ModelVersion listed(String name, int number, ModelState state) {
    ModelVersion version = versions.read(name, number);
    version.verifyAgainst(state);
    return version;
  }

  /**
   * Returns the version that entered a stage last, all its files verified.
   *
   * @throws RegistryException if that version is damaged
   */
  public Optional<ModelVersion> latest(String name, LifecycleStage stage) {
    ModelState state = currentState(name);
    List<Integer> numbers = state.versionsIn(stage);
    return numbers.isEmpty()
        ? Optional.empty()
        : Optional.of(version(name, numbers.get(numbers.size() - 1)));
  }

  private ModelState currentState(String name) {
    AuditLog log = events.read(name);
    return ModelState.of(log, versions.numbers(name));
  }

  /** Returns the number of the version that was the last to enter a stage at a point in time. */
  public Optional<Integer> numberInStageAt(String name, LifecycleStage stage, Instant time) {
    List<Integer> numbers = ModelState.at(events.read(name), time).versionsIn(stage);
    return numbers.isEmpty() ? Optional.empty() : Optional.of(numbers.get(numbers.size() - 1));
  }

  /** Returns the stage of a version. */
  public LifecycleStage stage(ModelVersion version) {
    return ModelState.of(events.read(own(version).name())).stage(version.number());
  }

  /** Starts to move a version to another stage. */
  public Promotion promote(ModelVersion version) {
    return new Promotion(writer, own(version));
  }

  /** Starts to approve that a version moves to a stage. */
  public Approval approve(ModelVersion version) {
    return new Approval(writer, own(version));
  }

  /** Returns all approvals of a version, the oldest first. */
  public List<ApprovalRecord> approvals(ModelVersion version) {
    return ModelState.of(events.read(own(version).name())).approvals(version.number());
  }

  /**
   * Starts to let an alias, for example {@code champion}, point to a version of a model.
   *
   * @throws IllegalArgumentException if the alias is not built like a model's name, or is a number
   */
  public AliasAssignment alias(String alias) {
    RegistryLayout.checkName(alias, "alias");
    checkArgument(!alias.matches("[0-9]+"), "alias '%s' must not be a number", alias);
    return new AliasAssignment(writer, alias);
  }

  /** Returns the version numbers that the aliases of a model point to, by alias, sorted. */
  public Map<String, Integer> aliases(String name) {
    return new TreeMap<>(ModelState.of(events.read(name)).aliases());
  }

  /**
   * Returns the version that an alias points to, all its files verified.
   *
   * @throws RegistryException if that version is damaged
   */
  public Optional<ModelVersion> aliased(String name, String alias) {
    return Optional.ofNullable(aliases(name).get(alias)).map(number -> version(name, number));
  }

  /**
   * Returns the audit log of a model, its chain verified.
   *
   * @throws RegistryException if an event was changed or lost
   */
  public AuditLog auditLog(String name) {
    return events.read(name);
  }

  /** Opens the version that entered a stage last for scoring in 32-bit floats. */
  public <I, O> Scorer<I, O> scorer(String name, LifecycleStage stage) {
    return scorer(name, stage, WeightFormat.FLOAT32);
  }

  /**
   * Opens the version that entered a stage last for scoring. Whether its score function really
   * takes {@code I} and gives {@code O} is not checked.
   *
   * <pre>{@code
   * registry.<String, String>scorer("news-summarizer", PRODUCTION, WeightFormat.INT8)
   * }</pre>
   *
   * @param format the numbers that the model scores with; the registered weights stay as they are
   * @throws RegistryException if no version is in that stage, or the version is damaged
   * @throws io.refract.scoring.ScoringException if the model or its score function cannot be opened
   */
  public <I, O> Scorer<I, O> scorer(String name, LifecycleStage stage, WeightFormat format) {
    requireNonNull(format, "format");
    ModelVersion version =
        latest(name, stage)
            .orElseThrow(
                () ->
                    new RegistryException(
                        "cannot open a scorer for '%s': no version of it is in %s, %s; promote one first"
                            .formatted(name, stage, stages(name)),
                        null));
    return open(version, format);
  }

  private String stages(String name) {
    ModelState state = currentState(name);
    List<Integer> numbers = versions.numbers(name);
    return numbers.isEmpty()
        ? "there is no such model"
        : numbers.stream()
            .map(number -> number + " is in " + state.stage(number))
            .collect(Collectors.joining(", "));
  }

  /** Verifies a version, and opens it for scoring in 32-bit floats. */
  public <I, O> Scorer<I, O> scorer(ModelVersion version) {
    return scorer(version, WeightFormat.FLOAT32);
  }

  /**
   * Verifies a version, and opens it for scoring. Whether its score function really takes {@code I}
   * and gives {@code O} is not checked.
   *
   * @param format the numbers that the model scores with; the registered weights stay as they are
   * @throws RegistryException if the version is damaged
   * @throws io.refract.scoring.ScoringException if the model or its score function cannot be opened
   */
  public <I, O> Scorer<I, O> scorer(ModelVersion version, WeightFormat format) {
    requireNonNull(format, "format");
    own(version).verifyAgainst(currentState(version.name()));
    version.verify(progress);
    return open(version, format);
  }

  private static <I, O> Scorer<I, O> open(ModelVersion version, WeightFormat format) {
    return Scorer.open(
        version.scoreSpecification(), version.modelDirectory(), version.scoreJar(), format);
  }

  /**
   * Copies the files of a version, each of them verified on the way. A download that was killed is
   * continued by the next call; it is complete when {@code manifest.json} is there.
   *
   * @param directory a directory that does not exist, is empty, or holds a part of the same version
   * @throws RegistryException if the version is damaged, the directory holds anything else, or
   *     copying fails
   */
  public void download(ModelVersion version, Path directory) {
    own(version).verifyAgainst(currentState(version.name()));
    version.copyTo(directory, progress);
  }

  private ModelVersion own(ModelVersion version) {
    return layout.own(version);
  }
}
