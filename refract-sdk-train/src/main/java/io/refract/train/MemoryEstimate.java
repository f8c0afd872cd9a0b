package io.refract.train;

import com.sun.management.OperatingSystemMXBean;
import io.refract.train.data.Batch;
import io.refract.train.device.ComputeDevice;
import io.refract.train.optim.Adafactor;
import io.refract.train.optim.Optimizer;
import io.refract.train.t5.T5Config;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * How much memory an update takes on a CPU, where the system rather kills the process than to
 * refuse memory.
 *
 * <p>The counts are of the arrays that a backward pass needs, read off the operations of each
 * sublayer and rounded up; all are 32-bit floats.
 */
final class MemoryEstimate {

  /** The part of the free memory that an update may take; the rest is for everything else. */
  private static final double USABLE = 0.8;

  private static final Path LINUX_MEMORY = Path.of("/proc/meminfo");

  private MemoryEstimate() {}

  /** Returns whether an update fits into the memory that is free now. */
  static boolean suffices(TrainingTask task, Batch batch) {
    if (task.model().device().kind() == ComputeDevice.Kind.GPU) {
      return true; // a GPU refuses memory, and a trial shows it
    }
    long trained = task.model().trainableParameterCount();
    boolean recompute = task.config().computation().gradientCheckpointing();
    double bytes =
        bytesOfActivations(task.model().config(), batch, recompute)
            + bytesOfState(task.config().update().optimizer(), trained);
    return bytes * (1 + task.replicas().size()) <= USABLE * freeBytes();
  }

  /** Returns the bytes of gradients and of what an optimizer remembers of each parameter. */
  static double bytesOfState(Optimizer optimizer, long trainedParameters) {
    return (1.0 + meansOfEach(optimizer)) * Float.BYTES * trainedParameters;
  }

  /** The means that Adafactor keeps of rows and columns are too few to count. */
  private static int meansOfEach(Optimizer optimizer) {
    if (optimizer instanceof Adafactor adafactor) {
      return adafactor.beta1().isPresent() ? 1 : 0;
    }
    return 2;
  }

  /** Returns the bytes of what a forward pass keeps for the backward pass. */
  static double bytesOfActivations(T5Config config, Batch batch, boolean recompute) {
    double b = batch.rows();
    double s = batch.sourceLength();
    double t = batch.targetLength();
    double encoder = attention(config, b, s, s) + feedForward(config, b * s);
    double decoder =
        attention(config, b, t, t) + attention(config, b, t, s) + feedForward(config, b * t);
    double loss = 3.0 * batch.targetTokens() * config.vocabSize();
    double floats =
        recompute
            ? config.numLayers() * b * s * config.dModel()
                + config.numDecoderLayers() * b * t * config.dModel()
                + Math.max(encoder, decoder)
                + loss
            : config.numLayers() * encoder + config.numDecoderLayers() * decoder + loss;
    return Float.BYTES * floats;
  }

  /** Norm, projections, scores and output of attention from q queries to k keys. */
  private static double attention(T5Config config, double rows, double q, double k) {
    double states = 5.0 * rows * q * config.dModel();
    double projections = rows * (4 * q + 4 * k) * config.innerDimension();
    double scores = 3.0 * rows * config.numHeads() * q * k;
    return states + projections + scores;
  }

  private static double feedForward(T5Config config, double tokens) {
    double hidden = config.gated() ? 9 : 4;
    return tokens * (5.0 * config.dModel() + hidden * config.dFf());
  }

  private static double freeBytes() {
    if (Files.isReadable(LINUX_MEMORY)) {
      // What Java calls free leaves out the cache, which Linux gives up at once.
      try (Stream<String> lines = Files.lines(LINUX_MEMORY)) {
        return lines
            .filter(line -> line.startsWith("MemAvailable:"))
            .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseGet(MemoryEstimate::freeAsJavaSees);
      } catch (IOException e) {
        return freeAsJavaSees();
      }
    }
    return freeAsJavaSees();
  }

  private static double freeAsJavaSees() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
  }
}
