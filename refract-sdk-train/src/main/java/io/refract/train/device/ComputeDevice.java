package io.refract.train.device;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Where a model computes.
 *
 * @param kind a CPU or a GPU
 * @param index the number of the GPU, from 0; 0 for a CPU
 */
public record ComputeDevice(Kind kind, int index) {

  /** The kinds of devices. */
  public enum Kind {
    /** All processors of the machine together. */
    CPU,
    /** One GPU with CUDA. */
    GPU
  }

  /** Checks the index. */
  public ComputeDevice {
    checkArgument(index >= 0, "device index must not be negative but was %s", index);
    checkArgument(
        kind == Kind.GPU || index == 0, "there is one CPU, with the index 0, but was %s", index);
  }

  /** Returns the CPU. */
  public static ComputeDevice cpu() {
    return new ComputeDevice(Kind.CPU, 0);
  }

  /**
   * Returns a GPU.
   *
   * @param index its number, from 0
   */
  public static ComputeDevice gpu(int index) {
    return new ComputeDevice(Kind.GPU, index);
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "gpu " + index;
  }
}
