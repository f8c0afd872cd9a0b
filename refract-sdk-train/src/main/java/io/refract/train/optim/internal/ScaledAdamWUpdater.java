package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.t5.internal.GradMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Updates parameters in place with {@link ScaledAdamW}, one call of the engine per parameter. */
final class ScaledAdamWUpdater implements ParameterUpdater {

  /** The least size of a parameter, so that one that is zero can leave zero. */
  private static final double MINIMUM_RMS = 1e-3;

  private final ScaledAdamW settings;
  private final UpdaterState state;
  private final List<Slot> slots = new ArrayList<>();

  /** One parameter with its running means. */
  private record Slot(NDArray weight, NDArray mean, NDArray variance, double weightDecay) {}

  ScaledAdamWUpdater(ScaledAdamW settings, NDManager manager, Map<String, NDArray> parameters) {
    this.settings = settings;
    this.state = new UpdaterState(manager, parameters);
    parameters.forEach(
        (name, weight) ->
            slots.add(
                new Slot(
                    weight,
                    state.zeros(name, "exp_avg", weight, weight.getShape()),
                    state.zeros(name, "exp_avg_sq", weight, weight.getShape()),
                    settings.weightDecayOf(name))));
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    BiasCorrection correction = BiasCorrection.of(settings.beta1(), settings.beta2(), state.next());
    float[] norms;
    try (NDManager scope = state.scope()) {
      norms = Norms.of(scope, slots.stream().map(Slot::weight).toList());
    }
    for (int i = 0; i < norms.length; i++) {
      Slot slot = slots.get(i);
      double rms = norms[i] / Math.sqrt((double) slot.weight().size());
      double rate = learningRate * Math.max(MINIMUM_RMS, rms) * correction.ofRate();
      update(slot, correction, rate, gradientScale);
      if (slot.weightDecay() > 0) {
        GradMode.off(() -> slot.weight().muli(1 - learningRate * slot.weightDecay()));
      }
    }
  }

  private void update(Slot slot, BiasCorrection correction, double rate, double gradientScale) {
    try (NDArray gradient = slot.weight().getGradient()) {
      JniUtils.adamUpdate(
          (PtNDArray) slot.weight(),
          (PtNDArray) gradient,
          (PtNDArray) slot.mean(),
          (PtNDArray) slot.variance(),
          (float) rate,
          (float) rate,
          0f,
          (float) gradientScale,
          AdamWUpdater.NO_VALUE_CLIP,
          correction.beta1(),
          correction.beta2(),
          (float) settings.epsilon(),
          false);
    }
  }

  @Override
  public int steps() {
    return state.steps();
  }

  @Override
  public Map<String, NDArray> state() {
    return state.arrays();
  }

  @Override
  public void restore(int steps) {
    state.restore(steps);
  }

  @Override
  public void close() {
    state.close();
  }
}
