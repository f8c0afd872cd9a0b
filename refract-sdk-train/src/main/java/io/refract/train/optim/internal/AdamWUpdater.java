package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.kernel.OptimizerKernel;
import io.refract.train.kernel.OptimizerKernel.AdamWRates;
import io.refract.train.optim.AdamW;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Updates parameters in place with {@link AdamW}: by the engine's fused operation over all of them
 * at once, or where that does not load, by one call of the engine per parameter. Both leave the
 * same state.
 */
final class AdamWUpdater implements ParameterUpdater {

  /** The engine clips single values only when this is not negative; the clip is by norm here. */
  static final float NO_VALUE_CLIP = -1f;

  private final AdamW settings;
  private final Optional<OptimizerKernel> kernel;
  private final UpdaterState state;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<Double, List<Slot>> slotsByDecay = new LinkedHashMap<>();

  /** One parameter with its running means. */
  private record Slot(NDArray weight, NDArray mean, NDArray variance, double weightDecay) {}

  AdamWUpdater(AdamW settings, NDManager manager, Map<String, NDArray> parameters) {
    this(settings, manager, parameters, OptimizerKernel.find());
  }

  AdamWUpdater(
      AdamW settings,
      NDManager manager,
      Map<String, NDArray> parameters,
      Optional<OptimizerKernel> kernel) {
    this.settings = settings;
    this.kernel = kernel;
    this.state = new UpdaterState(manager, parameters);
    parameters.forEach(
        (name, weight) ->
            slots.add(
                new Slot(
                    weight,
                    state.zeros(name, "exp_avg", weight, weight.getShape()),
                    state.zeros(name, "exp_avg_sq", weight, weight.getShape()),
                    settings.weightDecayOf(name))));
    for (Slot slot : slots) {
      slotsByDecay.computeIfAbsent(slot.weightDecay(), decay -> new ArrayList<>()).add(slot);
    }
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    int step = state.next();
    if (kernel.isPresent()) {
      slotsByDecay.forEach(
          (decay, group) ->
              stepFused(kernel.get(), group, step, learningRate, gradientScale, decay));
    } else {
      stepOneByOne(step, learningRate, gradientScale);
    }
  }

  private void stepFused(
      OptimizerKernel fused,
      List<Slot> group,
      int step,
      double learningRate,
      double gradientScale,
      double weightDecay) {
    try (NDManager scope = state.scope()) {
      fused.adamW(
          scope,
          group.stream().map(Slot::weight).toList(),
          Gradients.of(scope, group.stream().map(Slot::weight).toList()),
          group.stream().map(Slot::mean).toList(),
          group.stream().map(Slot::variance).toList(),
          step,
          gradientScale,
          new AdamWRates(
              learningRate, settings.beta1(), settings.beta2(), weightDecay, settings.epsilon()));
    }
  }

  /**
   * Source: {@link AdamW}. The engine computes {@code w - a m / (sqrt(v) + e)}; this is the
   * bias-corrected update when {@code a = r sqrt(1 - beta2^t) / (1 - beta1^t)} and {@code e =
   * epsilon sqrt(1 - beta2^t)}.
   */
  private void stepOneByOne(int step, double learningRate, double gradientScale) {
    BiasCorrection correction = BiasCorrection.of(settings.beta1(), settings.beta2(), step);
    for (Slot slot : slots) {
      try (NDArray gradient = slot.weight().getGradient()) {
        JniUtils.adamUpdate(
            (PtNDArray) slot.weight(),
            (PtNDArray) gradient,
            (PtNDArray) slot.mean(),
            (PtNDArray) slot.variance(),
            (float) learningRate,
            (float) (learningRate * correction.ofRate()),
            (float) slot.weightDecay(),
            (float) gradientScale,
            NO_VALUE_CLIP,
            correction.beta1(),
            correction.beta2(),
            (float) (settings.epsilon() * correction.ofDeviation()),
            // Without decay the undecoupled form is the same update with two operations fewer.
            slot.weightDecay() > 0);
      }
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
