package io.refract.train.t5;

import static java.util.Objects.requireNonNull;

/**
 * How a model is loaded.
 *
 * <pre>{@code
 * T5Model.load(directory, LoadOptions.defaults().withMemory(WeightMemory.COPIED));
 * }</pre>
 *
 * @param memory where the weights are; default {@link WeightMemory#COPY_ON_WRITE}
 */
public record LoadOptions(WeightMemory memory) {

  /** Checks that nothing is null. */
  public LoadOptions {
    requireNonNull(memory, "memory");
  }

  /** Returns the defaults. */
  public static LoadOptions defaults() {
    return new LoadOptions(WeightMemory.COPY_ON_WRITE);
  }

  /**
   * Returns what scoring needs: the defaults, with weights that are {@link WeightMemory#READ_ONLY}.
   */
  public static LoadOptions forScoring() {
    return defaults().withMemory(WeightMemory.READ_ONLY);
  }

  /** Returns these options with the weights in another kind of memory. */
  public LoadOptions withMemory(WeightMemory value) {
    return new LoadOptions(value);
  }
}
