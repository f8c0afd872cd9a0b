package io.refract.train;

import ai.djl.ndarray.NDArray;
import com.google.common.collect.Maps;
import io.refract.provenance.CheckpointProvenance;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.internal.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Saves a training and brings it back. Without a directory for checkpoints it only remembers the
 * best weights, in a temporary file.
 */
final class RunCheckpoints implements AutoCloseable {

  private static final String OPTIMIZER = "optimizer.safetensors";

  private final TrainingTask task;
  private final Optional<CheckpointProvenance> base;
  private final Optional<Checkpoints> settings;
  private final @Nullable CheckpointStore store;
  private @Nullable Path bestFile;

  private RunCheckpoints(
      TrainingTask task, Optional<CheckpointProvenance> base, @Nullable CheckpointStore store) {
    this.task = task;
    this.base = base;
    this.settings = task.checkpoints();
    this.store = store;
  }

  /**
   * Opens the directory for checkpoints, if the task has one.
   *
   * @param base what the model was loaded from
   * @throws TrainingException if there are checkpoints that the task does not want to go on from
   */
  static RunCheckpoints open(TrainingTask task, Optional<CheckpointProvenance> base) {
    if (task.checkpoints().isEmpty()) {
      return new RunCheckpoints(task, base, null);
    }
    CheckpointStore store = CheckpointStore.open(task.checkpoints().get());
    try {
      if (!task.resume()) {
        requireNew(store, task.checkpoints().get());
      }
      return new RunCheckpoints(task, base, store);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static void requireNew(CheckpointStore store, Checkpoints settings) {
    Optional<Path> newest = store.newest();
    if (newest.isPresent()) {
      throw new TrainingException(
          "Cannot start a new training in %s: it holds the checkpoint %s of an earlier one, and nothing is overwritten. Call resume() to go on from it, or name another directory."
              .formatted(settings.directory(), newest.get().getFileName()));
    }
  }

  /**
   * Returns what must be equal for a training to go on from these checkpoints.
   *
   * @param settled the task that was given, its batch size settled
   */
  Map<String, String> identity(TrainingTask settled) {
    return TrainingIdentity.of(settled, base);
  }

  /** Returns the state to go on from, if there is one. */
  Optional<TrainingState> newest() {
    return store == null ? Optional.empty() : store.newest().map(TrainingState::read);
  }

  /**
   * Checks that a training would go on as it began.
   *
   * @throws TrainingException if something differs, with all differences
   */
  void requireSame(TrainingState state, Map<String, String> identity, int totalSteps) {
    var difference = Maps.difference(state.identity(), identity);
    if (difference.areEqual() && state.totalSteps() == totalSteps) {
      return;
    }
    TreeSet<String> names = new TreeSet<>(difference.entriesDiffering().keySet());
    names.addAll(difference.entriesOnlyOnLeft().keySet());
    names.addAll(difference.entriesOnlyOnRight().keySet());
    String differences =
        names.stream()
            .map(
                name ->
                    "%s was %s and is %s"
                        .formatted(
                            name,
                            state.identity().getOrDefault(name, "not set"),
                            identity.getOrDefault(name, "not set")))
            .collect(Collectors.joining("; "));
    throw new TrainingException(
        "Cannot resume from %s: it would not be the same training: %s. Set these as they were; or load the checkpoint as a model, and start a new training in another directory."
            .formatted(
                store == null ? "" : store.path(state.position().steps()),
                differences.isEmpty()
                    ? "updates in all were %d and are %d".formatted(state.totalSteps(), totalSteps)
                    : differences));
  }

  /** Puts weights and optimizer state of a checkpoint in place. */
  void load(TrainingState state, TrainingLoop loop, Map<String, NDArray> weights) {
    Path directory = directory(state.position().steps());
    TensorFile.readInto(weightsOf(directory), weights);
    TensorFile.readInto(directory.resolve(OPTIMIZER), loop.optimizerState());
    loop.restore(state.position());
  }

  private Path directory(int step) {
    if (store == null) {
      throw new IllegalStateException("there is no directory for checkpoints");
    }
    return store.path(step);
  }

  /** What learns is all of a model, or an adapter alone. */
  private Path weightsOf(Path directory) {
    return directory.resolve(
        task.model().adapter().isPresent() ? "adapter_model.safetensors" : "model.safetensors");
  }

  /** Returns whether the settings ask for a checkpoint now; the end of the training always has. */
  boolean isDue(int step, boolean epochEnded, boolean trained) {
    if (settings.isEmpty()) {
      return false;
    }
    OptionalInt every = settings.get().everySteps();
    return trained || (every.isPresent() ? step % every.getAsInt() == 0 : epochEnded);
  }

  /** Writes a checkpoint, if there is a directory for them. */
  void save(TrainingState state, TrainingLoop loop) {
    if (store == null) {
      return;
    }
    int best = state.best().map(TrainingState.Best::step).orElse(-1);
    store.write(
        state.position().steps(),
        best,
        directory -> {
          if (task.model().adapter().isPresent()) {
            task.model().saveAdapter(directory);
          } else {
            task.model().writeTo(directory);
          }
          TensorFile.write(directory.resolve(OPTIMIZER), loop.optimizerState());
          try {
            state.write(directory);
          } catch (IOException e) {
            throw new CheckpointException(
                "Cannot write a checkpoint to %s: %s. Check that the disk has room."
                    .formatted(directory, e),
                e);
          }
        });
  }

  /** Remembers weights as the best, when no checkpoint of them is written. */
  void rememberBest(Map<String, NDArray> weights) {
    if (store != null) {
      return; // a checkpoint is written
    }
    try {
      if (bestFile == null) {
        bestFile = Files.createTempFile("refract-best", ".safetensors");
        bestFile.toFile().deleteOnExit();
      }
      TensorFile.write(bestFile, weights);
    } catch (IOException e) {
      throw new CheckpointException(
          "Cannot keep the best weights in a temporary file: %s. Give a directory with checkpoints(...)."
              .formatted(e),
          e);
    }
  }

  /** Puts the best weights in place. */
  void restoreBest(TrainingState.Best best, Map<String, NDArray> weights) {
    TensorFile.readInto(bestFile == null ? weightsOf(directory(best.step())) : bestFile, weights);
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
    try {
      if (bestFile != null) {
        Files.deleteIfExists(bestFile);
      }
    } catch (IOException e) {
      throw new CheckpointException("Cannot remove %s: %s.".formatted(bestFile, e), e);
    }
  }
}
