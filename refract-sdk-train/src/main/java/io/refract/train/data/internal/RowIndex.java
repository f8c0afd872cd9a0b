package io.refract.train.data.internal;

import com.google.common.hash.Hashing;
import java.util.function.IntFunction;

/**
 * Finds the first row of each key without keeping the keys: a table with open addressing holds half
 * a hash and the row, 11 to 22 bytes for each row that it is made for. A hit is compared with the
 * row's own key, which is read again, so that equal hashes of different keys change nothing.
 *
 * <p>Not thread-safe.
 */
public final class RowIndex {

  /** What no row is. */
  public static final int NONE = -1;

  private static final long HASH_BITS = 0xFFFF_FFFF_0000_0000L;

  private final long[] slots;
  private final IntFunction<String> keyOf;

  /**
   * Creates an index.
   *
   * @param rows how many rows will be added at most
   * @param keyOf reads the key of a row that was added
   */
  public RowIndex(int rows, IntFunction<String> keyOf) {
    // At most 3/4 full, so that a search ends after few steps.
    long wanted = Math.max(8L, rows + rows / 3L);
    long capacity = Long.highestOneBit(wanted - 1) << 1;
    this.slots = new long[(int) Math.min(capacity, 1 << 30)];
    this.keyOf = keyOf;
  }

  /** Returns the first row with this key, or {@link #NONE}. */
  public int find(String key) {
    return search(key, NONE);
  }

  /**
   * Returns the first row with this key; when there is none, the row is added.
   *
   * @param key the key
   * @param row its row
   * @return an earlier row, or {@link #NONE} when this one is the first
   */
  public int findOrAdd(String key, int row) {
    return search(key, row);
  }

  private int search(String key, int rowToAdd) {
    long hash = Hashing.murmur3_128().hashUnencodedChars(key).asLong();
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    while (slots[at] != 0) {
      if (((slots[at] ^ hash) & HASH_BITS) == 0) {
        int row = (int) slots[at] - 1;
        if (keyOf.apply(row).equals(key)) {
          return row;
        }
      }
      at = (at + 1) & mask;
    }
    if (rowToAdd != NONE) {
      slots[at] = (hash & HASH_BITS) | (rowToAdd + 1);
    }
    return NONE;
  }
}
