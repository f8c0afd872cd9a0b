package io.refract.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.Optimizer;
import java.util.Collection;
import java.util.Locale;

/** Tells when memory did not suffice, and what helps. */
final class OutOfMemory {

  private OutOfMemory() {}

  /** Returns whether a failure means that the device or the JVM had no memory left. */
  static boolean isCauseOf(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return true;
    }
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return failure instanceof EngineException
        && (message.contains("out of memory")
            || message.contains("can't allocate memory")
            || message.contains("not enough memory")
            || message.contains("alloc_cpu"));
  }

  /** Returns an exception that says what to change. */
  static TrainingException during(int step, LoadedBatch loaded, Throwable failure) {
    return new TrainingException(
        ("Training stopped at step %d: memory did not suffice for a batch of %d rows, %d source and"
                + " %d target tokens long. The weights of the last good step are kept. In this"
                + " order: lower batchSize(...) and raise gradientAccumulationSteps(...) by the same"
                + " factor, or let autoBatchSize() do both, which gives the same updates; lower"
                + " maxSourceTokens(...); turn on gradientCheckpointing(); train a LoRA adapter"
                + " instead of all weights. The failure was: %s")
            .formatted(
                step,
                loaded.batch().rows(),
                loaded.batch().sourceLength(),
                loaded.batch().targetLength(),
                firstLine(failure)),
        failure);
  }

  /** Returns an exception that says what to change when an optimizer finds no room. */
  static TrainingException ofOptimizer(
      Optimizer optimizer, Collection<NDArray> parameters, Throwable failure) {
    return new TrainingException(
        ("Cannot train: memory did not suffice for what the optimizer %s remembers of %d weights. In"
                + " this order: take optimizer(Adafactor.defaults()), which remembers least; train a"
                + " LoRA adapter instead of all weights; take a smaller model. The failure was: %s")
            .formatted(
                optimizer.name(),
                parameters.stream().mapToLong(NDArray::size).sum(),
                firstLine(failure)),
        failure);
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
