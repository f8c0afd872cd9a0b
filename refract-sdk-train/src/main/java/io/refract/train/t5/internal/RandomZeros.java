package io.refract.train.t5.internal;

import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * A sequence of random choices from a seed, each of which is 1 with a given probability and else 0.
 * Choice n depends on the seed and on n alone, so that threads can share the work and the result
 * stays the same.
 *
 * <p>Four choices come from each output of SplitMix64, see {@link Seeds#derive}: from 15 bits each.
 * Not thread-safe.
 */
final class RandomZeros {

  /** Probabilities are multiples of one in so many. */
  static final int NUMBERS = 1 << 15;

  /** Below this many outputs a second thread costs more than it gives. */
  private static final int LEAST_OF_A_THREAD = 1 << 15;

  private static final int CHOICES = 4; // of an output
  private static final long LANES = 0x0001_0001_0001_0001L;
  private static final long LOW_BITS = 0x7fff * LANES;

  private static final ThreadLocal<ByteBuffer> BUFFERS =
      ThreadLocal.withInitial(() -> direct(1 << 12));

  private final long seed;
  private long position; // outputs taken so far

  RandomZeros(long seed) {
    this.seed = seed;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /**
   * Returns the next choices, a byte each.
   *
   * @param count how many
   * @param ones how many of {@link #NUMBERS} choices are 1 on average, less than all
   * @return a direct buffer, which belongs to the thread; its next call overwrites it
   */
  ByteBuffer next(int count, int ones) {
    int outputs = (int) ((count + (long) CHOICES - 1) / CHOICES);
    ByteBuffer buffer = BUFFERS.get();
    if (buffer.capacity() < outputs * CHOICES) {
      buffer = direct(Math.multiplyExact(outputs, CHOICES));
      BUFFERS.set(buffer);
    }
    fill(buffer, outputs, ones);
    position += outputs;
    return buffer.clear().limit(count);
  }

  private void fill(ByteBuffer buffer, int outputs, int ones) {
    buffer.clear();
    int threads = Math.min(JniUtils.getNumThreads(), outputs / LEAST_OF_A_THREAD);
    if (threads <= 1) {
      fill(buffer, 0, outputs, ones);
      return;
    }
    IntStream.range(0, threads)
        .parallel()
        .forEach(
            part ->
                fill(
                    buffer,
                    (int) ((long) outputs * part / threads),
                    (int) ((long) outputs * (part + 1) / threads),
                    ones));
  }

  /**
   * Compares four 15-bit numbers at once: adding {@code 2^15 - ones} to each sets its 16th bit
   * exactly if it is {@code ones} or more.
   */
  private void fill(ByteBuffer buffer, int from, int to, int ones) {
    long complement = (NUMBERS - ones) * LANES;
    for (int i = from; i < to; i++) {
      long numbers = Seeds.derive(seed, position + i) & LOW_BITS;
      long zeros = (~(numbers + complement) >>> 15) & LANES;
      long pairs = zeros | (zeros >>> 8);
      buffer.putInt(i * CHOICES, (int) ((pairs & 0xffff) | ((pairs >>> 16) & 0xffff0000L)));
    }
  }
}
