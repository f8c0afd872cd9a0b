package io.refract.benchmarks.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.Objective;
import io.refract.train.optim.internal.Gradients;
import io.refract.train.optim.internal.ParameterUpdater;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.util.Collection;

/** Writes what the engine's own profiler says of some updates; see benchmarks/profile. */
public final class StepProfile {

  private static final int WARM_UPS = 3;
  private static final int UPDATES = 5;

  private StepProfile() {}

  /**
   * Runs it; the argument is what the names of the files begin with, which are numbered from 0 on
   * and have the format of Chrome's traces.
   */
  public static void main(String[] arguments) {
    try (T5Model model = T5Model.load(Inputs.model())) {
      T5Network network = T5Access.trainable(model);
      network.trainableParameters().values().forEach(p -> p.setRequiresGradient(true));
      Batch batch = Inputs.trainingBatch(model.tokenizer());
      try (ParameterUpdater optimizer =
          ParameterUpdater.of(AdamW.defaults(), network.manager(), network.trainableParameters())) {
        for (int i = 0; i < WARM_UPS; i++) {
          update(network, batch, optimizer);
        }
        for (int i = 0; i < UPDATES; i++) {
          JniUtils.startProfile(false, false, false);
          float loss = update(network, batch, optimizer);
          JniUtils.stopProfile(arguments[0] + i + ".json");
          System.err.printf("loss %.4f%n", loss);
        }
      }
    }
  }

  /** Does what the trainer does between two batches. */
  private static float update(T5Network network, Batch batch, ParameterUpdater optimizer) {
    Collection<NDArray> parameters = network.trainableParameters().values();
    try (NDManager step = network.manager().newSubManager()) {
      float loss =
          network.backward(step, batch, Dropout.of(0.1, 42), Objective.CROSS_ENTROPY).getFloat();
      double norm = Gradients.norm(network.manager(), parameters) / batch.targetTokens();
      optimizer.step(1e-4, Gradients.clipFactor(norm, 1) / batch.targetTokens());
      Gradients.clear(parameters);
      return loss;
    }
  }
}
