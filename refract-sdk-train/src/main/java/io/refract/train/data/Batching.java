package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How examples are put into batches.
 *
 * @param batchSize rows of a batch, unless there is a token budget; default 8
 * @param tokenBudget the most tokens of a batch, sources and targets with their padding together;
 *     empty, the default, for no budget
 * @param packing whether several short examples share a row, each blind to the others; default
 *     false
 * @param groupByLength whether examples of similar source length go into a batch, which saves
 *     padding, or random ones; empty, the default, for random ones unless there is a token budget
 *     or packing, see {@link #groupsByLength()}
 */
public record Batching(
    int batchSize, OptionalInt tokenBudget, boolean packing, Optional<Boolean> groupByLength) {

  private static final Batching DEFAULTS =
      new Batching(8, OptionalInt.empty(), false, Optional.empty());

  /** Checks the range of every value. */
  public Batching {
    requireNonNull(groupByLength, "groupByLength");
    checkArgument(batchSize >= 1, "batch size must be at least 1 but was %s", batchSize);
    tokenBudget.ifPresent(
        tokens -> checkArgument(tokens >= 1, "token budget must be at least 1 but was %s", tokens));
  }

  /** Returns the defaults. */
  public static Batching defaults() {
    return DEFAULTS;
  }

  /** Returns batches of so many rows. */
  public Batching withBatchSize(int value) {
    return new Batching(value, tokenBudget, packing, groupByLength);
  }

  /**
   * Returns batches of as many rows as a number of tokens permits. An example that alone exceeds
   * the budget still makes a batch.
   */
  public Batching withTokenBudget(int value) {
    return new Batching(batchSize, OptionalInt.of(value), packing, groupByLength);
  }

  /** Returns batches whose rows are shared by short examples, or not. */
  public Batching withPacking(boolean value) {
    return new Batching(batchSize, tokenBudget, value, groupByLength);
  }

  /** Returns batches of examples of similar length, or of random ones. */
  public Batching withGroupByLength(boolean value) {
    return new Batching(batchSize, tokenBudget, packing, Optional.of(value));
  }

  /**
   * Returns whether examples of similar source length go into a batch. Where nobody says so, they
   * do with a token budget and with packing, which are there to save padding; batches of so many
   * rows are drawn at random, as {@code Seq2SeqTrainer} draws them by default.
   */
  public boolean groupsByLength() {
    return groupByLength.orElse(packing || tokenBudget.isPresent());
  }
}
