package io.refract.train.t5;

import static java.util.Objects.requireNonNull;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.lora.AdapterDescription;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens models, from a directory or from nothing. */
final class T5Loader {

  private static final String ENGINE = "PyTorch";

  private T5Loader() {}

  /**
   * Loads a model from a directory, with the adapter when one lies beside the weights.
   *
   * @param source what names the model: hub id or directory
   */
  static T5Model load(Path directory, String source, LoadOptions options) {
    if (!Files.isDirectory(directory)) {
      throw new CheckpointException(
          "Cannot load a T5 from %s: there is no such directory.".formatted(directory));
    }
    if (!AdapterDescription.isIn(directory)) {
      return loadBase(directory, source, options);
    }
    String trainedOn = AdapterDescription.load(directory).baseModel();
    if (!Files.exists(directory.resolve(T5ConfigFile.NAME))) {
      throw new CheckpointException(
          "Cannot load a T5 from %s: it holds an adapter only. Load its base, %s, and call withAdapter(directory)."
              .formatted(directory, trainedOn == null ? "which it does not name" : trainedOn));
    }
    try (T5Model base = loadBase(directory, trainedOn, options)) {
      return base.withAdapter(directory);
    }
  }

  private static T5Model loadBase(Path directory, @Nullable String source, LoadOptions options) {
    T5ConfigFile.Contents contents = T5ConfigFile.read(directory);
    GenerationConfig generation =
        GenerationConfig.load(directory, generationConfigOf(contents.config()));
    return open(
        contents.config(),
        generation,
        directory,
        source,
        LoadedCheckpoint.of(directory),
        options.memory(),
        manager -> T5Weights.load(directory, contents, manager, options.memory()));
  }

  /** Makes a model with random weights. */
  static T5Model create(T5Config config, Path tokenizerDirectory, long seed) {
    return open(
        config,
        generationConfigOf(config),
        tokenizerDirectory,
        null,
        null,
        WeightMemory.COPIED,
        manager -> T5Weights.Loaded.owned(T5Initializer.draw(config, seed, manager)));
  }

  private static GenerationConfig generationConfigOf(T5Config config) {
    return new GenerationConfig(
        config.decoderStartTokenId(), config.eosTokenIds(), config.padTokenId(), Map.of());
  }

  private static T5Model open(
      T5Config config,
      GenerationConfig generation,
      Path tokenizerDirectory,
      @Nullable String source,
      @Nullable LoadedCheckpoint origin,
      WeightMemory memory,
      Function<NDManager, T5Weights.Loaded> weights) {
    checkWithinVocabulary(config, generation);
    T5Tokenizer tokenizer = loadWhileEngineStarts(tokenizerDirectory);
    NDManager manager = null;
    try {
      tokenizer.requireFits(config.vocabSize());
      manager = NDManager.newBaseManager(ENGINE);
      T5Base base = new T5Base(manager, tokenizer, weights.apply(manager), memory, source, origin);
      return new T5Model(config, generation, base, null);
    } catch (RuntimeException e) {
      tokenizer.close();
      if (manager != null) {
        manager.close();
      }
      throw e;
    }
  }

  /**
   * Loads a tokenizer in a second thread, since parsing it takes about as long as the first start
   * of the engine. The engine starts in the calling thread: it switches gradients off for that one.
   */
  private static T5Tokenizer loadWhileEngineStarts(Path directory) {
    FutureTask<T5Tokenizer> loading = new FutureTask<>(() -> T5Tokenizer.load(directory));
    Thread thread = new Thread(loading, "refract-tokenizer-loading");
    thread.setDaemon(true);
    thread.start();
    try {
      Engine.getEngine(ENGINE);
    } catch (RuntimeException | Error e) {
      closeWhenLoaded(loading);
      throw e;
    }
    return loaded(loading);
  }

  private static void closeWhenLoaded(FutureTask<T5Tokenizer> loading) {
    try {
      loaded(loading).close();
    } catch (RuntimeException e) {
      // The engine's failure is the one to report.
    }
  }

  private static T5Tokenizer loaded(FutureTask<T5Tokenizer> loading) {
    try {
      return Uninterruptibles.getUninterruptibly(loading);
    } catch (ExecutionException e) {
      Throwable cause = requireNonNull(e.getCause(), "cause");
      Throwables.throwIfUnchecked(cause);
      throw new IllegalStateException(cause);
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
}
