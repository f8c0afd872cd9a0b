package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
final class AdamWUpdater extends StatefulUpdater {

  private final AdamW settings;
  private final Optional<OptimizerKernel> kernel;
  private final List<AdamSlot> slots;
  private final Map<Double, List<AdamSlot>> slotsByDecay = new LinkedHashMap<>();

  AdamWUpdater(AdamW settings, NDManager manager, Map<String, NDArray> parameters) {
    this(settings, manager, parameters, OptimizerKernel.find());
  }

  AdamWUpdater(
      AdamW settings,
      NDManager manager,
      Map<String, NDArray> parameters,
      Optional<OptimizerKernel> kernel) {
    super(new UpdaterState(manager, parameters));
    this.settings = settings;
    this.kernel = kernel;
    this.slots = allocate(() -> AdamSlot.all(settings, state, parameters));
    for (AdamSlot slot : slots) {
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
      List<AdamSlot> group,
      int step,
      double learningRate,
      double gradientScale,
      double weightDecay) {
    try (NDManager scope = state.scope()) {
      fused.adamW(
          scope,
          group.stream().map(AdamSlot::weight).toList(),
          Gradients.of(scope, group.stream().map(AdamSlot::weight).toList()),
          group.stream().map(AdamSlot::mean).toList(),
          group.stream().map(AdamSlot::variance).toList(),
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
    for (AdamSlot slot : slots) {
      slot.update(
          correction,
          learningRate,
          slot.weightDecay(),
          learningRate * correction.ofRate(),
          settings.epsilon() * correction.ofDeviation(),
          gradientScale);
    }
  }
}
