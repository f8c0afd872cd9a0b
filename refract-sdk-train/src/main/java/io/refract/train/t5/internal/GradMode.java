package io.refract.train.t5.internal;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Whether the engine records graphs for gradients. The mode belongs to a thread, and is on in most
 * threads to begin with.
 */
public final class GradMode {

  private GradMode() {}

  /** Computes something with recording on; afterwards the mode is as it was. */
  public static <T> T on(Supplier<T> work) {
    return with(true, work);
  }

  /** Computes something with recording off; afterwards the mode is as it was. */
  public static <T> T off(Supplier<T> work) {
    return with(false, work);
  }

  private static <T> T with(boolean mode, Supplier<T> work) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(mode);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }
}
