package io.refract.train.data.internal;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Records that were written once, to be read in any order.
 *
 * <p>They lie in memory when they are few, else in mapped segments of a file that has no name any
 * more. The operating system keeps what is used and drops the rest; the Java heap holds neither.
 * What the segments occupy is given back when nobody refers to them. Thread-safe.
 */
public final class Spool {

  private static final int SEGMENT_SHIFT = 32;

  private final List<ByteBuffer> segments;
  private final long bytes;

  Spool(List<ByteBuffer> segments, long bytes) {
    this.segments = List.copyOf(segments);
    this.bytes = bytes;
  }

  static long address(int segment, int offset) {
    return ((long) segment << SEGMENT_SHIFT) | offset;
  }

  /**
   * Returns the bytes from a record's first on, in big-endian order, as a view of its own.
   *
   * @param address what {@link SpoolWriter#append} returned for the record
   */
  public ByteBuffer at(long address) {
    return segments.get((int) (address >>> SEGMENT_SHIFT)).duplicate().position((int) address);
  }

  /** Returns the number of bytes of all records. */
  public long bytes() {
    return bytes;
  }
}
