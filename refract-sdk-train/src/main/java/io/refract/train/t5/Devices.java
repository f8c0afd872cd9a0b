package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.refract.train.device.ComputeDevice;

/** The devices of the engine. */
final class Devices {

  private Devices() {}

  /**
   * Returns a device of the engine.
   *
   * @throws IllegalArgumentException if the engine does not see such a device
   */
  static Device of(ComputeDevice device) {
    if (device.kind() == ComputeDevice.Kind.CPU) {
      return Device.cpu();
    }
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    checkArgument(
        device.index() < gpus,
        "there is no %s: the engine sees %s GPUs. GPUs need pytorch-native-cu* on the class path in"
            + " place of pytorch-native-cpu, and a driver for CUDA",
        device,
        gpus);
    return Device.gpu(device.index());
  }

  static ComputeDevice of(Device device) {
    return device.isGpu() ? ComputeDevice.gpu(device.getDeviceId()) : ComputeDevice.cpu();
  }
}
