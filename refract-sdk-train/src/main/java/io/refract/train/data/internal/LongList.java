package io.refract.train.data.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * A growing list of primitive values. It grows by blocks of 64 kB, never by copying, so that no
 * moment needs twice its memory.
 */
public final class LongList {

  private static final int SHIFT = 13;
  private static final int BLOCK = 1 << SHIFT;

  private final List<long[]> blocks = new ArrayList<>();
  private int size;

  /** Adds a value at the end. */
  public void add(long value) {
    int at = size & (BLOCK - 1);
    if (at == 0) {
      blocks.add(new long[BLOCK]);
    }
    blocks.get(size >> SHIFT)[at] = value;
    size = Math.addExact(size, 1);
  }

  /** Returns the value at a position from 0. */
  public long get(int position) {
    return blocks.get(position >> SHIFT)[position & (BLOCK - 1)];
  }

  /** Returns the number of values. */
  public int size() {
    return size;
  }
}
