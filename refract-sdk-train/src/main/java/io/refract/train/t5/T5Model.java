package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.artifact.ModelArtifact;
import io.refract.provenance.CheckpointProvenance;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextModel;
import io.refract.train.checkpoint.CheckpointDirectory;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.GreedySearch;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.hub.HubModel;
import io.refract.train.hub.ModelHub;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.IntStream;
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

  private static final String ENGINE = "PyTorch";

  static {
    T5Access.grant(
        model -> {
          checkArgument(model instanceof T5Model, "not a T5 model: %s", model.getClass().getName());
          return ((T5Model) model).usable(network -> network);
        });
  }

  private final T5Config config;
  private final GenerationConfig generationConfig;
  private final T5Tokenizer tokenizer;
  private final @Nullable LoadedCheckpoint origin;
  private final NDManager manager;
  private final T5ArrayNetwork network;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private T5Model(
      T5Config config,
      GenerationConfig generationConfig,
      T5Tokenizer tokenizer,
      @Nullable LoadedCheckpoint origin,
      NDManager manager,
      Map<String, NDArray> parameters) {
    this.config = config;
    this.generationConfig = generationConfig;
    this.tokenizer = tokenizer;
    this.origin = origin;
    this.manager = manager;
    this.network = new T5ArrayNetwork(config, manager, parameters);
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
    if (LoadedCheckpoint.isDirectory(hubIdOrDirectory)) {
      return load(Path.of(hubIdOrDirectory));
    }
    if (!ModelHub.isModelId(hubIdOrDirectory)) {
      throw new CheckpointException(
          "Cannot load a T5 from '%s': there is no such directory, and it is no id of a model of the Hugging Face hub."
              .formatted(hubIdOrDirectory));
    }
    return load(ModelHub.ofEnvironment().model(hubIdOrDirectory));
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
    return load(model.download());
  }

  /**
   * Loads a model from a directory.
   *
   * @param directory a Hugging Face model directory with safetensors weights and {@code
   *     tokenizer.json}
   * @return the model; the caller closes it
   * @throws CheckpointException if a file is missing or not sound
   */
  public static T5Model load(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new CheckpointException(
          "Cannot load a T5 from %s: there is no such directory.".formatted(directory));
    }
    T5ConfigFile.Contents contents = T5ConfigFile.read(directory);
    GenerationConfig generation =
        GenerationConfig.load(directory, generationConfigOf(contents.config()));
    return open(
        contents.config(),
        generation,
        directory,
        LoadedCheckpoint.of(directory),
        manager -> T5Weights.load(directory, contents, manager));
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
    return open(
        config,
        generationConfigOf(config),
        tokenizerDirectory,
        null,
        manager -> T5Initializer.draw(config, seed, manager));
  }

  private static GenerationConfig generationConfigOf(T5Config config) {
    return new GenerationConfig(
        config.decoderStartTokenId(), config.eosTokenIds(), config.padTokenId(), Map.of());
  }

  private static T5Model open(
      T5Config config,
      GenerationConfig generation,
      Path tokenizerDirectory,
      @Nullable LoadedCheckpoint origin,
      Function<NDManager, Map<String, NDArray>> weights) {
    checkWithinVocabulary(config, generation);
    T5Tokenizer tokenizer = T5Tokenizer.load(tokenizerDirectory);
    NDManager manager = null;
    try {
      tokenizer.requireFits(config.vocabSize());
      manager = NDManager.newBaseManager(ENGINE);
      return new T5Model(config, generation, tokenizer, origin, manager, weights.apply(manager));
    } catch (RuntimeException e) {
      tokenizer.close();
      if (manager != null) {
        manager.close();
      }
      throw e;
    }
  }

  private static void checkWithinVocabulary(T5Config config, GenerationConfig generation) {
    List<Integer> ids = new ArrayList<>(generation.eosTokenIds());
    ids.add(generation.decoderStartTokenId());
    ids.add(generation.padTokenId());
    for (int id : ids) {
      if (id < 0 || id >= config.vocabSize()) {
        throw new CheckpointException(
            "Cannot use %s: token %s lies outside of the vocabulary of %s tokens."
                .formatted(GenerationConfig.FILE, id, config.vocabSize()));
      }
    }
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
    return Optional.ofNullable(origin).map(LoadedCheckpoint::provenance);
  }

  /** Returns the dimensions. */
  public T5Config config() {
    return config;
  }

  /** Returns what the checkpoint says of generation. */
  public GenerationConfig generationConfig() {
    return generationConfig;
  }

  /** Returns the tokenizer; it is closed with the model. */
  public T5Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Returns the number of weights, a tied output layer not counted. */
  public long parameterCount() {
    return usable(
        running ->
            running.parameters().values().stream()
                .mapToLong(parameter -> parameter.getShape().size())
                .sum());
  }

  /**
   * {@inheritDoc}
   *
   * <p>The search is greedy. Inputs are sorted by length and cut into batches; memory is freed
   * after every batch and every step.
   */
  @Override
  public List<String> generate(List<String> inputs, GenerationSettings settings) {
    return usable(
        running -> {
          List<int[]> sources = tokenizer.encodeAll(inputs, settings.maxSourceTokens());
          return tokenizer.decodeAll(generateIds(sources, settings));
        });
  }

  /**
   * Generates one sequence of token ids for each source.
   *
   * @param sources token ids, end token included, at least one each
   * @param settings limits and batch size; sources are not cut
   * @return the generated ids in the order of the sources, without start token and padding; the end
   *     token is the last one unless {@link GenerationSettings#maxNewTokens()} was reached
   */
  public List<int[]> generateIds(List<int[]> sources, GenerationSettings settings) {
    for (int i = 0; i < sources.size(); i++) {
      checkArgument(sources.get(i).length > 0, "source %s has no token", i);
    }
    int[] byLength =
        IntStream.range(0, sources.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -sources.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    return usable(
        running -> {
          List<int[]> results = new ArrayList<>(Collections.nCopies(sources.size(), new int[0]));
          for (int start = 0; start < byLength.length; start += settings.batchSize()) {
            int end = Math.min(start + settings.batchSize(), byLength.length);
            int[] batch = Arrays.copyOfRange(byLength, start, end);
            List<int[]> generated =
                generateBatch(
                    Arrays.stream(batch).mapToObj(sources::get).toList(), settings.maxNewTokens());
            for (int row = 0; row < batch.length; row++) {
              results.set(batch[row], generated.get(row));
            }
          }
          return Collections.unmodifiableList(results);
        });
  }

  private List<int[]> generateBatch(List<int[]> sources, int maxNewTokens) {
    int length = sources.stream().mapToInt(source -> source.length).max().orElseThrow();
    long[] ids = new long[sources.size() * length];
    long[] mask = new long[ids.length];
    Arrays.fill(ids, config.padTokenId());
    for (int row = 0; row < sources.size(); row++) {
      int[] source = sources.get(row);
      for (int i = 0; i < source.length; i++) {
        ids[row * length + i] = source[i];
        mask[row * length + i] = 1;
      }
    }
    return GradMode.off(() -> generateBatch(ids, mask, sources.size(), maxNewTokens));
  }

  private List<int[]> generateBatch(long[] ids, long[] mask, int rows, int maxNewTokens) {
    try (NDManager scope = manager.newSubManager()) {
      EncoderOutput encoded = network.encode(scope, ids, mask, rows, false);
      try (StepDecoder decoder = network.stepDecoder(encoded, maxNewTokens)) {
        return GreedySearch.search(scope, decoder, generationConfig, maxNewTokens);
      }
    }
  }

  @Override
  public String format() {
    return FORMAT;
  }

  /**
   * Saves the model as a directory that transformers 4 and 5 and {@link #load(Path)} read: {@code
   * config.json}, {@code generation_config.json}, {@code model.safetensors} and the tokenizer's
   * files. It appears whole or not at all.
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
          try {
            tokenizer.copyTo(directory);
            GradMode.off(() -> T5Weights.save(directory, running.parameters()));
            Files.writeString(directory.resolve(GenerationConfig.FILE), generationConfig.toJson());
            // Last, because a directory without it cannot be taken for a checkpoint.
            Files.writeString(directory.resolve(T5ConfigFile.NAME), config.toJson());
          } catch (IOException e) {
            throw new CheckpointException(
                "Cannot save to %s: %s. Check that it is writable and the disk has room."
                    .formatted(directory, e),
                e);
          }
          return directory;
        });
  }

  /** Runs something that needs the model open, and keeps it open until it is done. */
  private <T> T usable(Function<T5Network, T> use) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      return use.apply(network);
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
        tokenizer.close();
        manager.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "T5Model[%s, %s + %s layers, d_model %s]"
        .formatted(
            config.modelType(), config.numLayers(), config.numDecoderLayers(), config.dModel());
  }
}
