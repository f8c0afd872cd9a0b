package io.refract.train.data;

/**
 * Examples as token ids, which batches are made from.
 *
 * <p>Implementations are thread-safe. An example may differ from epoch to epoch, as in
 * pre-training. Where its lengths differ too, {@link #epoch} tells them, because batches are
 * planned by length; their number is the same in every epoch.
 */
public interface EncodedExamples {

  /**
   * One example.
   *
   * @param source the source ids, end token included; shared, not copied
   * @param target the target ids, end token included; shared, not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by identity only
  record Encoded(int[] source, int[] target) {}

  /** Returns the number of examples. */
  int size();

  /** Returns the number of tokens of a source, end token included. */
  int sourceTokens(int example);

  /** Returns the number of tokens of a target, end token included. */
  int targetTokens(int example);

  /** Returns the length to which sources were cut; what a packed row holds at most. */
  int maxSourceTokens();

  /** Returns the length to which targets were cut; what a packed row holds at most. */
  int maxTargetTokens();

  /**
   * Returns an example.
   *
   * @param example its position, from 0
   * @param epoch the epoch, from 0
   */
  Encoded example(int example, int epoch);

  /**
   * Returns these examples with the lengths that they have in an epoch.
   *
   * @param epoch the epoch, from 0
   */
  default EncodedExamples epoch(int epoch) {
    return this;
  }

  /** Returns the id that fills up sources. */
  int padTokenId();
}
