package io.refract.train.t5;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Buckets of relative positions: small distances have a bucket each, larger ones share buckets
 * whose width grows logarithmically up to a maximal distance.
 *
 * <p>Source: Raffel et al., "Exploring the Limits of Transfer Learning" (JMLR 2020), section 2.1,
 * and {@code _relative_position_bucket} of {@code huggingface/transformers}.
 *
 * <p>Thread-safe.
 */
final class RelativePositions {

  /** Tables kept; a table of 512 x 512 positions takes 2 MiB. */
  private static final int KEPT_TABLES = 16;

  private final boolean bidirectional;
  private final int buckets;
  private final int maxDistance;
  private final Map<Lengths, long[]> tables =
      new LinkedHashMap<>(KEPT_TABLES, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Lengths, long[]> eldest) {
          return size() > KEPT_TABLES;
        }
      };

  private record Lengths(int queries, int keys) {}

  /**
   * Creates the buckets of a stack.
   *
   * @param bidirectional true in the encoder; false in the decoder, where keys never come later
   * @param buckets number of buckets
   * @param maxDistance distance from which on all positions share the last bucket
   */
  RelativePositions(boolean bidirectional, int buckets, int maxDistance) {
    this.bidirectional = bidirectional;
    this.buckets = buckets;
    this.maxDistance = maxDistance;
  }

  /**
   * Returns the bucket of every pair of positions, row-major: queries x keys. The array is shared;
   * it must not be changed.
   */
  long[] table(int queries, int keys) {
    synchronized (tables) {
      return tables.computeIfAbsent(
          new Lengths(queries, keys),
          lengths -> table(queries, keys, bidirectional, buckets, maxDistance));
    }
  }

  /**
   * Returns the buckets of the distances {@code length - 1, ..., 1, 0} of earlier keys: what the
   * query at the last of {@code length} positions sees.
   */
  long[] row(int length) {
    long[] row = new long[length];
    for (int key = 0; key < length; key++) {
      row[key] = bucket(key - (length - 1), bidirectional, buckets, maxDistance);
    }
    return row;
  }

  static long[] table(int queries, int keys, boolean bidirectional, int buckets, int maxDistance) {
    // Only the difference matters, so each is computed once.
    long[] ofDifference = new long[queries + keys - 1];
    for (int i = 0; i < ofDifference.length; i++) {
      ofDifference[i] = bucket(i - (queries - 1), bidirectional, buckets, maxDistance);
    }
    long[] table = new long[Math.multiplyExact(queries, keys)];
    for (int query = 0; query < queries; query++) {
      System.arraycopy(ofDifference, queries - 1 - query, table, query * keys, keys);
    }
    return table;
  }

  /**
   * Returns the bucket of a relative position.
   *
   * @param relativePosition position of the key minus position of the query
   */
  static int bucket(int relativePosition, boolean bidirectional, int buckets, int maxDistance) {
    int available = bidirectional ? buckets / 2 : buckets;
    int offset = bidirectional && relativePosition > 0 ? available : 0;
    int distance = bidirectional ? Math.abs(relativePosition) : Math.max(-relativePosition, 0);
    int exact = available / 2;
    if (distance < exact) {
      return offset + distance;
    }
    // In float and with the same order of operations as the original: at some distances the
    // quotient is a whole number, and rounding decides the bucket.
    float logarithm = (float) Math.log((float) distance / exact);
    float share = logarithm / (float) Math.log((double) maxDistance / exact);
    int logarithmic = exact + (int) (share * (available - exact));
    return offset + Math.min(logarithmic, available - 1);
  }
}
