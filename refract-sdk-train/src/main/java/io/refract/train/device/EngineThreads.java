package io.refract.train.device;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/**
 * How many processors one call of the engine may use on a CPU; a setting of the whole process.
 *
 * <p>By default each call spreads its products over all processors. That is right for one call at a
 * time. Where several threads score at once they then fight for the processors, which costs much
 * more than it gives: set {@link #perCall} to the processors divided by the threads that score, or
 * to 1, before the first call. Small models gain little from more than one thread anyway. Better
 * than many small calls is one big one: {@code io.refract.scoring.MicroBatching}.
 *
 * <p>The environment variable {@code OMP_NUM_THREADS}, set before the JVM starts, does the same and
 * reaches threads of the engine that this class does not. Results may differ in their last bits
 * between numbers of threads, since sums are taken in another order.
 */
public final class EngineThreads {

  private EngineThreads() {}

  /**
   * Sets how many threads compute one call that is made by the calling thread, or by a thread that
   * has not used the engine before. A thread that has used it keeps its number: call this in it.
   *
   * @param threads at least 1
   */
  public static void perCall(int threads) {
    checkArgument(threads >= 1, "threads per call must be at least 1 but was %s", threads);
    start();
    JniUtils.setNumThreads(threads);
  }

  /** Returns how many threads compute one call of the calling thread. */
  public static int perCall() {
    start();
    return JniUtils.getNumThreads();
  }

  private static void start() {
    Engine.getEngine("PyTorch");
  }
}
