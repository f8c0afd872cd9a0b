package io.refract.train.t5;

import io.refract.train.data.Batch;

/**
 * The additive attention masks and the shifted targets of T5, as plain arrays.
 *
 * <p>Source: {@code modeling_t5.py} of {@code huggingface/transformers} 4.57.
 */
final class Masks {

  /** Added to a score whose key must not be seen: the lowest finite float. */
  static final float HIDDEN = -Float.MAX_VALUE;

  private static final long IGNORED = Batch.IGNORED;

  private Masks() {}

  /** Returns whether any position is padding. */
  static boolean anyHidden(long[] attentionMask) {
    for (long bit : attentionMask) {
      if (bit == 0) {
        return true;
      }
    }
    return false;
  }

  /** Returns 0 for each real token and {@link #HIDDEN} for each padding token. */
  static float[] ofPadding(long[] attentionMask) {
    float[] mask = new float[attentionMask.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = attentionMask[i] == 0 ? HIDDEN : 0f;
    }
    return mask;
  }

  /** Returns a length x length matrix that hides later keys from earlier queries. */
  static float[] causal(int length) {
    float[] mask = new float[Math.multiplyExact(length, length)];
    for (int query = 0; query < length; query++) {
      for (int key = query + 1; key < length; key++) {
        mask[query * length + key] = HIDDEN;
      }
    }
    return mask;
  }

  /**
   * Returns the decoder's input for teacher forcing: the labels moved one to the right, the start
   * token in front, padding in place of ignored labels.
   *
   * @param labels rows x length, row-major
   */
  static long[] shiftRight(long[] labels, int rows, int length, int startTokenId, int padTokenId) {
    long[] shifted = new long[labels.length];
    for (int row = 0; row < rows; row++) {
      int start = row * length;
      shifted[start] = startTokenId;
      for (int i = start + 1; i < start + length; i++) {
        shifted[i] = labels[i - 1] == IGNORED ? padTokenId : labels[i - 1];
      }
    }
    return shifted;
  }
}
