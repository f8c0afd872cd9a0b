package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.artifact.ModelArtifact;
import io.refract.provenance.CheckpointProvenance;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextModel;
import io.refract.scoring.WeightFormat;
import io.refract.train.checkpoint.CheckpointDirectory;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.device.ComputeDevice;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.hub.HubModel;
import io.refract.train.hub.ModelHub;
import io.refract.train.lora.LoraConfig;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A T5 with its tokenizer: v1.0, v1.1, Flan-T5 and mT5.
 *
 * <p>Directories are those of Hugging Face transformers, in both directions.
 *
 * <p>Thread-safe: several threads may generate and save at once, and {@link #close()} waits for
 * them. While a trainer changes the weights, only that trainer may use the model.
 */
public final class T5Model implements ModelArtifact, TextModel {

  /** The name of the format, see {@link #format()}. */
  public static final String FORMAT = "t5";

  static {
    T5Access.grant(
        new T5Access.Access() {
          @Override
          public T5Network network(TextModel model) {
            T5Model t5 = t5(model);
            t5.base.changing();
            return t5.usable(network -> network);
          }

          @Override
          public T5Network trainable(TextModel model) {
            T5Model t5 = t5(model);
            if (t5.adapter == null) {
              t5.base.checkWritable("a training");
            }
            return network(model);
          }

          @Override
          public void changed(TextModel model) {
            t5(model).base.changing();
          }

          @Override
          public ScoringNetwork scoring(TextModel model) {
            T5Model t5 = t5(model);
            return t5.usable(network -> t5.scoring.open());
          }
        });
  }

  private static T5Model t5(TextModel model) {
    checkArgument(model instanceof T5Model, "not a T5 model: %s", model.getClass().getName());
    return (T5Model) model;
  }

  private final T5Config config;
  private final GenerationConfig generationConfig;
  private final T5Base base;
  private final @Nullable T5Adapter adapter;
  private final T5ArrayNetwork network;
  private final T5Scoring scoring;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  T5Model(
      T5Config config,
      GenerationConfig generationConfig,
      T5Base base,
      @Nullable T5Adapter adapter) {
    this.config = config;
    this.generationConfig = generationConfig;
    this.base = base;
    this.adapter = adapter;
    NDManager manager = adapter == null ? base.manager() : adapter.manager();
    this.network =
        new T5ArrayNetwork(config, manager, base.parameters(), adapter, Execution.DEFAULT);
    this.scoring = new T5Scoring(config, base, adapter, network);
  }

  /**
   * Loads a model from a directory, or from the Hugging Face hub by its id, for example {@code
   * "google-t5/t5-small"}, or {@code "google-t5/t5-small@"} and a branch, a tag or a commit.
   *
   * <p>A directory goes before an id. A model that is not in the cache of this machine is
   * downloaded, see {@link ModelHub#ofEnvironment()}; {@link #load(HubModel)} reports the progress.
   *
   * @param hubIdOrDirectory a directory, or a hub id
   * @return the model; the caller closes it
   * @throws CheckpointException if it is neither a directory nor an id, or a file is not sound
   * @throws io.refract.train.hub.HubException if the model is not cached and cannot be downloaded
   */
  public static T5Model load(String hubIdOrDirectory) {
    return load(hubIdOrDirectory, LoadOptions.defaults());
  }

  /**
   * Loads a model as {@link #load(String)} does.
   *
   * @param options how
   */
  public static T5Model load(String hubIdOrDirectory, LoadOptions options) {
    if (LoadedCheckpoint.isDirectory(hubIdOrDirectory)) {
      return load(Path.of(hubIdOrDirectory), options);
    }
    if (!ModelHub.isModelId(hubIdOrDirectory)) {
      throw new CheckpointException(
          "Cannot load a T5 from '%s': there is no such directory, and it is no id of a model of the Hugging Face hub."
              .formatted(hubIdOrDirectory));
    }
    return T5Loader.load(
        ModelHub.ofEnvironment().model(hubIdOrDirectory).download(), hubIdOrDirectory, options);
  }

  /**
   * Loads a model of the Hugging Face hub, and downloads it when it is not in the cache.
   *
   * <pre>{@code
   * T5Model.load(ModelHub.ofEnvironment().model("google-t5/t5-small").progress(Progress.bar()));
   * }</pre>
   *
   * @param model which model and revision
   * @return the model; the caller closes it
   * @throws CheckpointException if a file is not sound
   * @throws io.refract.train.hub.HubException if the model is not cached and cannot be downloaded
   */
  public static T5Model load(HubModel model) {
    return load(model, LoadOptions.defaults());
  }

  /**
   * Loads a model as {@link #load(HubModel)} does.
   *
   * @param options how
   */
  public static T5Model load(HubModel model, LoadOptions options) {
    Path snapshot = model.download();
    return T5Loader.load(
        snapshot, ModelHub.snapshotName(snapshot).orElse(snapshot.toString()), options);
  }

  /**
   * Loads a model from a directory, with the adapter when one lies beside the weights.
   *
   * <p>Weights in 32-bit floats are mapped, not read: {@link WeightMemory} says what that asks of
   * the file, and {@link LoadOptions} has the alternatives.
   *
   * @param directory a Hugging Face model directory with safetensors weights and {@code
   *     tokenizer.json}; with {@code adapter_config.json} and {@code adapter_model.safetensors} in
   *     it too, the model has that adapter
   * @return the model; the caller closes it
   * @throws CheckpointException if a file is missing or not sound
   */
  public static T5Model load(Path directory) {
    return load(directory, LoadOptions.defaults());
  }

  /**
   * Loads a model as {@link #load(Path)} does.
   *
   * @param options how
   */
  public static T5Model load(Path directory, LoadOptions options) {
    return T5Loader.load(directory, directory.toString(), options);
  }

  /**
   * Makes a model with random weights, drawn as those of the published models were.
   *
   * @param config its dimensions
   * @param tokenizerDirectory a directory with {@code tokenizer.json}
   * @param seed the same seed gives the same weights
   * @return the model; the caller closes it
   */
  public static T5Model create(T5Config config, Path tokenizerDirectory, long seed) {
    return T5Loader.create(config, tokenizerDirectory, seed);
  }

  /**
   * Returns the checkpoint that the weights were loaded from, whatever training has made of them.
   *
   * <p>Its name is {@code id@commit} for a model of the hub, else the absolute path. Its digest is
   * the SHA-256 of {@code model.safetensors}, as the hub shows it too; or, of shards, {@link
   * io.refract.artifact.ArtifactManifest#digest()} over them. The first call reads these files; ask
   * before a long training, not after it.
   *
   * @return nothing, if the model was made by {@link #create}
   * @throws CheckpointException if the files are gone, or have changed since they were loaded
   */
  public Optional<CheckpointProvenance> checkpoint() {
    return Optional.ofNullable(base.origin()).map(LoadedCheckpoint::provenance);
  }

  /** Returns the dimensions. */
  public T5Config config() {
    return config;
  }

  /** Returns what the checkpoint says of generation. */
  public GenerationConfig generationConfig() {
    return generationConfig;
  }

  /** Returns where the model computes. */
  public ComputeDevice device() {
    return Devices.of(base.manager().getDevice());
  }

  /** Returns the tokenizer; it is closed with the last model that shares it. */
  public T5Tokenizer tokenizer() {
    return base.tokenizer();
  }

  /** Returns the number of weights, a tied output layer and an adapter not counted. */
  public long parameterCount() {
    return usable(running -> count(running.parameters()));
  }

  /** Returns the number of weights that a trainer changes: with an adapter, those of it alone. */
  public long trainableParameterCount() {
    return usable(running -> count(adapter == null ? running.parameters() : adapter.parameters()));
  }

  /**
   * Returns what the weights take up, by data type, and how much of it is mapped from the file.
   * What {@link #scoreIn} packs is counted from its first use on.
   */
  public ModelMemory memory() {
    return open(() -> base.memory(adapter).plusOwned(scoring.packedBytes()));
  }

  private static long count(Map<String, NDArray> parameters) {
    return parameters.values().stream().mapToLong(array -> array.getShape().size()).sum();
  }

  /**
   * Returns a model that adds a new low-rank adapter to the weights of this one. Both share the
   * weights, as do all other models made so; each is closed by itself, in any order, and the
   * weights are freed with the last.
   *
   * <p>A trainer of the new model changes the adapter only. Before that, it computes what this
   * model computes.
   *
   * @param lora the settings of the adapter
   * @param seed the same seed gives the same first values
   * @return the model; the caller closes it
   * @throws IllegalArgumentException if none of the target modules is in this T5
   * @throws IllegalStateException if this model has an adapter, see {@link #withoutAdapter()}
   */
  public T5Model withAdapter(LoraConfig lora, long seed) {
    return adapted(() -> T5Adapter.draw(lora, seed, base.parameters(), base.manager()));
  }

  /**
   * Returns a model that adds a saved adapter to the weights of this one, see {@link
   * #withAdapter(LoraConfig, long)}.
   *
   * @param directory where {@code peft} or {@link #saveAdapter(Path)} saved it
   * @return the model; the caller closes it
   * @throws CheckpointException if a file is missing or not sound, or the adapter is not one of
   *     this base
   */
  public T5Model withAdapter(Path directory) {
    return adapted(() -> T5AdapterFiles.load(directory, base.parameters(), base.manager()));
  }

  private T5Model adapted(Supplier<T5Adapter> source) {
    checkState(
        adapter == null,
        "this model has an adapter already: give its base another one, with withoutAdapter().withAdapter(...)");
    return usable(running -> sharing(source.get()));
  }

  /**
   * Returns a model without adapter that shares the weights of this one.
   *
   * @return the model; the caller closes it
   */
  public T5Model withoutAdapter() {
    return usable(running -> sharing(null));
  }

  private T5Model sharing(@Nullable T5Adapter other) {
    base.retain();
    return new T5Model(config, generationConfig, base, other);
  }

  /** Returns the settings of the adapter, or empty when there is none. */
  public Optional<LoraConfig> adapter() {
    return Optional.ofNullable(adapter).map(T5Adapter::config);
  }

  private T5Adapter requireAdapter() {
    checkState(adapter != null, "this model has no adapter");
    return adapter;
  }

  /**
   * Adds the adapter to the shared weights in place, which makes generating as fast as without one.
   * Until {@link #unmerge()}, all other models that share the weights refuse to be used, and the
   * adapter cannot be trained.
   *
   * @throws IllegalStateException if there is no adapter, if it is merged or in training, or if
   *     another one is merged
   */
  public void merge() {
    T5Adapter own = requireAdapter();
    open(
        () -> {
          base.merge(own);
          return own;
        });
  }

  /**
   * Takes the adapter out of the shared weights again; they are bit for bit what they were.
   *
   * @throws IllegalStateException if it is not merged
   */
  public void unmerge() {
    T5Adapter own = requireAdapter();
    open(
        () -> {
          base.unmerge(own);
          return own;
        });
  }

  /** Returns whether the adapter is merged into the shared weights. */
  public boolean isMerged() {
    return adapter != null && open(() -> base.isMerged(adapter));
  }

  /**
   * Returns this model as one without adapter, whose weights have the adapter in them: what a
   * registry keeps or {@link #saveMerged(Path)} saves when whoever loads it shall not need to know
   * of adapters. Nothing changes in place; the weights are computed when it is written.
   */
  public ModelArtifact merged() {
    requireAdapter();
    return new MergedModel(this);
  }

  /**
   * Saves {@link #merged()}, as {@link #save(Path)} does.
   *
   * @param directory a directory that does not exist, or is empty
   */
  public void saveMerged(Path directory) {
    CheckpointDirectory.write(directory, merged()::writeTo);
  }

  /**
   * Saves the adapter alone, in the format of {@code peft}: {@code adapter_config.json} and {@code
   * adapter_model.safetensors}.
   *
   * @param directory a directory that does not exist, or is empty
   * @throws IllegalStateException if there is no adapter
   */
  public void saveAdapter(Path directory) {
    T5Adapter own = requireAdapter();
    CheckpointDirectory.write(directory, target -> usable(running -> saved(target, own)));
  }

  private Path saved(Path directory, T5Adapter own) {
    T5AdapterFiles.save(directory, own, base.source());
    return directory;
  }

  /** Writes the files of {@link #merged()}. */
  void writeMerged(Path directory) {
    T5Adapter own = requireAdapter();
    usable(
        running -> {
          try (NDManager scope = running.manager().newSubManager()) {
            write(directory, GradMode.off(() -> base.with(own, scope)));
          }
          return directory;
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the settings give no decoding, that of {@link GenerationConfig#decoding()} counts, as
   * in transformers. {@link #generator()} gives several texts, scores and tokens as they come.
   *
   * <p>Inputs are sorted by length and cut into batches; memory is freed after every batch and
   * every step.
   *
   * @throws CheckpointException if no decoding is given, and that of the checkpoint cannot be used
   */
  @Override
  public List<String> generate(List<String> inputs, GenerationSettings settings) {
    return searching(search -> search.best(inputs, settings));
  }

  /**
   * Returns what generates with all options of a {@link io.refract.scoring.Decoding}, beginning
   * with those of the checkpoint.
   */
  public TextGenerator generator() {
    return new TextGenerator(this);
  }

  /** Runs a search, and keeps the model open until it is done. */
  <T> T searching(Function<ModelSearch, T> work) {
    return usable(
        running -> {
          try (ScoringNetwork packed = scoring.open()) {
            return work.apply(new ModelSearch(packed, config, generationConfig, tokenizer()));
          }
        });
  }

  /**
   * Generates one sequence of token ids for each source.
   *
   * @param sources token ids, end token included, at least one each
   * @param settings limits, batch size and decoding; sources are not cut
   * @return the generated ids in the order of the sources, without start token and padding; the end
   *     token is the last one unless {@link GenerationSettings#maxNewTokens()} was reached
   */
  public List<int[]> generateIds(List<int[]> sources, GenerationSettings settings) {
    return searching(search -> search.bestIds(sources, settings));
  }

  /**
   * Sets the numbers that this model scores with from now on; {@link WeightFormat#FLOAT32} unless
   * it is called. The weights are packed at the next use, in memory of their own.
   *
   * <pre>{@code
   * try (T5Model model = T5Model.load("summarizer").scoreIn(WeightFormat.INT8)) {
   *   model.generate(articles, GenerationSettings.defaults());
   * }
   * }</pre>
   *
   * <p>Uses that run at the moment end as they began. Models that share their weights each have a
   * format of their own.
   *
   * @param format the format; others than 32 bits need a CPU
   * @return this model
   * @throws IllegalStateException if the model is on a GPU, or PyTorch cannot compute so on this
   *     platform; then the format stays as it was
   */
  public T5Model scoreIn(WeightFormat format) {
    requireNonNull(format, "format");
    usable(
        running -> {
          scoring.setFormat(format);
          return running;
        });
    return this;
  }

  /** Returns the numbers that this model scores with. */
  public WeightFormat weightFormat() {
    return scoring.format();
  }

  @Override
  public String format() {
    return FORMAT;
  }

  /**
   * Saves the model as a directory that transformers 4 and 5 and {@link #load(Path)} read: {@code
   * config.json}, {@code generation_config.json}, {@code model.safetensors} and the tokenizer's
   * files. With an adapter, the weights are those of the base, and {@code adapter_config.json} and
   * {@code adapter_model.safetensors} stand beside them. It appears whole or not at all.
   *
   * @param directory a directory that does not exist, or is empty; nothing is ever overwritten
   * @throws CheckpointException if the directory has content or cannot be written
   */
  public void save(Path directory) {
    CheckpointDirectory.write(directory, this::writeFiles);
  }

  @Override
  public void writeTo(Path directory) {
    CheckpointDirectory.checkVacant(directory);
    writeFiles(directory);
  }

  private void writeFiles(Path directory) {
    usable(
        running -> {
          if (adapter != null) {
            saved(directory, adapter);
          }
          write(directory, base.originals());
          return directory;
        });
  }

  private void write(Path directory, Map<String, NDArray> parameters) {
    T5Directory.write(directory, config, generationConfig, tokenizer(), parameters);
  }

  /** Runs something that computes, and keeps the model open until it is done. */
  private <T> T usable(Function<T5Network, T> use) {
    return open(() -> base.use(adapter, () -> use.apply(network)));
  }

  private <T> T open(Supplier<T> work) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException("a model cannot be closed from within its own use");
    }
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        scoring.close();
        base.release(adapter);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "T5Model[%s, %s + %s layers, d_model %s%s]"
        .formatted(
            config.modelType(),
            config.numLayers(),
            config.numDecoderLayers(),
            config.dModel(),
            adapter == null ? "" : ", adapter of rank " + adapter.config().rank());
  }
}
