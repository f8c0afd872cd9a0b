package io.refract.benchmarks.jmh;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;

/**
 * Writes what the engine's own profiler says of a forward and backward pass; see
 * benchmarks/profile.
 */
public final class StepProfile {

  private static final int WARM_UPS = 3;

  private StepProfile() {}

  /** Runs it; the argument is the file to write, in the format of Chrome's traces. */
  public static void main(String[] arguments) {
    try (T5Model model = T5Model.load(Inputs.model())) {
      T5Network network = T5Access.trainable(model);
      network.trainableParameters().values().forEach(p -> p.setRequiresGradient(true));
      Batch batch = Inputs.trainingBatch(model.tokenizer());
      for (int i = 0; i < WARM_UPS; i++) {
        pass(network, batch);
      }
      JniUtils.startProfile(false, false, false);
      float loss = pass(network, batch);
      JniUtils.stopProfile(arguments[0]);
      System.err.printf("loss %.4f, trace in %s%n", loss, arguments[0]);
    }
  }

  private static float pass(T5Network network, Batch batch) {
    try (NDManager step = network.manager().newSubManager()) {
      return network.backward(step, batch, Dropout.of(0.1, 42), Objective.CROSS_ENTROPY).getFloat();
    }
  }
}
