package io.refract.train.t5;

import io.refract.train.data.Batch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
   * Returns what lets a query see the keys of its own example only: rows x queries x keys, 0 where
   * both segments are equal and {@link #HIDDEN} elsewhere. Padding, segment 0, sees padding.
   *
   * @param queries the segment of each query, rows x their number, row-major
   * @param keys the segment of each key, rows x their number, row-major
   */
  static float[] sameSegment(int[] queries, int[] keys, int rows) {
    int queryLength = queries.length / rows;
    int keyLength = keys.length / rows;
    float[] mask = new float[Math.multiplyExact(queries.length, keyLength)];
    for (int query = 0; query < queries.length; query++) {
      int firstKey = query / queryLength * keyLength;
      for (int key = 0; key < keyLength; key++) {
        mask[query * keyLength + key] = queries[query] == keys[firstKey + key] ? 0f : HIDDEN;
      }
    }
    return mask;
  }

  /** Returns {@link #sameSegment} of the segments with themselves, later keys hidden too. */
  static float[] causalInSegment(int[] segments, int rows) {
    int length = segments.length / rows;
    float[] mask = sameSegment(segments, segments, rows);
    for (int query = 0; query < segments.length; query++) {
      int position = query % length;
      Arrays.fill(mask, query * length + position + 1, (query + 1) * length, HIDDEN);
    }
    return mask;
  }

  /**
   * Returns the decoder's input for teacher forcing: the labels moved one to the right, the start
   * token in front of each example, padding in place of ignored labels.
   *
   * @param labels rows x length, row-major
   * @param segments the example that each label belongs to; null when each row is one example
   */
  static long[] shiftRight(
      long[] labels,
      int @Nullable [] segments,
      int rows,
      int length,
      int startTokenId,
      int padTokenId) {
    long[] shifted = new long[labels.length];
    for (int i = 0; i < rows * length; i++) {
      boolean first = i % length == 0;
      if (first || (segments != null && segments[i] != 0 && segments[i] != segments[i - 1])) {
        shifted[i] = startTokenId;
      } else {
        shifted[i] = labels[i - 1] == IGNORED ? padTokenId : labels[i - 1];
      }
    }
    return shifted;
  }
}
