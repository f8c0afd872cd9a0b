package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One parameter with Adam's running means.
 *
 * @param weight the parameter
 * @param mean of the gradients
 * @param variance the mean of the squared gradients
 * @param weightDecay the decay of this parameter, 0 when it is excluded
 */
record AdamSlot(NDArray weight, NDArray mean, NDArray variance, double weightDecay) {

  /** The engine clips single values only when this is not negative; the clip is by norm here. */
  private static final float NO_VALUE_CLIP = -1f;

  static List<AdamSlot> all(
      Optimizer settings, UpdaterState state, Map<String, NDArray> parameters) {
    List<AdamSlot> slots = new ArrayList<>();
    parameters.forEach(
        (name, weight) ->
            slots.add(
                new AdamSlot(
                    weight,
                    state.zeros(name, "exp_avg", weight, weight.getShape()),
                    state.zeros(name, "exp_avg_sq", weight, weight.getShape()),
                    settings.weightDecayOf(name))));
    return slots;
  }

  /**
   * Updates the parameter with the engine's single operation: {@code w - rate m / (sqrt(v) +
   * epsilon)}, after {@code w - learningRate decay w}.
   *
   * @param correction has the betas
   * @param learningRate of the decay
   * @param decay 0 or more
   * @param rate of the step, with the correction of the bias in it
   * @param epsilon with the correction of the bias in it
   * @param gradientScale what the gradient is multiplied with first
   */
  void update(
      BiasCorrection correction,
      double learningRate,
      double decay,
      double rate,
      double epsilon,
      double gradientScale) {
    try (NDArray gradient = weight.getGradient()) {
      JniUtils.adamUpdate(
          (PtNDArray) weight,
          (PtNDArray) gradient,
          (PtNDArray) mean,
          (PtNDArray) variance,
          (float) learningRate,
          (float) rate,
          (float) decay,
          (float) gradientScale,
          NO_VALUE_CLIP,
          correction.beta1(),
          correction.beta2(),
          (float) epsilon,
          // Without decay the undecoupled form is the same update with two operations fewer.
          decay > 0);
    }
  }
}
