package io.refract.train.t5.internal;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Switches the recording of graphs on or off for the current thread, until closed; then it is as it
 * was. The engine's mode belongs to a thread, and is on in most threads to begin with.
 */
public final class GradMode implements AutoCloseable {

  private final boolean before;

  private GradMode(boolean on) {
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(on);
  }

  /** Switches recording on. */
  public static GradMode on() {
    return new GradMode(true);
  }

  /** Switches recording off. */
  public static GradMode off() {
    return new GradMode(false);
  }

  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
