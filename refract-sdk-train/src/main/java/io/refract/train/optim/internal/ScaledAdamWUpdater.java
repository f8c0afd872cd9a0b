package io.refract.train.optim.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.kernel.OptimizerKernel;
import io.refract.train.kernel.OptimizerKernel.AdamWRates;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.t5.internal.GradMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Updates parameters in place with {@link ScaledAdamW}, one by one since each has its own learning
 * rate: by the engine's fused operation, or where that does not load, by several. Both leave the
 * same state.
 */
final class ScaledAdamWUpdater extends StatefulUpdater {

  /** The least size of a parameter, so that one that is zero can leave zero. */
  private static final double MINIMUM_RMS = 1e-3;

  private final ScaledAdamW settings;
  private final Optional<OptimizerKernel> kernel;
  private final List<AdamSlot> slots;

  ScaledAdamWUpdater(ScaledAdamW settings, NDManager manager, Map<String, NDArray> parameters) {
    this(settings, manager, parameters, OptimizerKernel.find());
  }

  ScaledAdamWUpdater(
      ScaledAdamW settings,
      NDManager manager,
      Map<String, NDArray> parameters,
      Optional<OptimizerKernel> kernel) {
    super(new UpdaterState(manager, parameters));
    this.settings = settings;
    this.kernel = kernel;
    this.slots = allocate(() -> AdamSlot.all(settings, state, parameters));
  }

  @Override
  public void step(double learningRate, double gradientScale) {
    int step = state.next();
    BiasCorrection correction = BiasCorrection.of(settings.beta1(), settings.beta2(), step);
    float[] norms = norms();
    for (int i = 0; i < norms.length; i++) {
      AdamSlot slot = slots.get(i);
      double rms = norms[i] / Math.sqrt((double) slot.weight().size());
      double rate = learningRate * Math.max(MINIMUM_RMS, rms);
      if (kernel.isPresent()) {
        updateFused(kernel.get(), slot, step, rate, gradientScale);
      } else {
        slot.update(
            correction, 0, 0, rate * correction.ofRate(), settings.epsilon(), gradientScale);
      }
      if (slot.weightDecay() > 0) {
        GradMode.off(() -> slot.weight().muli(1 - learningRate * slot.weightDecay()));
      }
    }
  }

  private float[] norms() {
    try (NDManager scope = state.scope()) {
      return Norms.of(scope, slots.stream().map(AdamSlot::weight).toList(), kernel);
    }
  }

  /**
   * The operation computes {@code w - r / (1 - beta1^t) m / (sqrt(v) / c + e)} with {@code c =
   * sqrt(1 - beta2^t)}; with {@code e = epsilon / c} it is the update of {@link ScaledAdamW}.
   */
  private void updateFused(
      OptimizerKernel fused, AdamSlot slot, int step, double rate, double gradientScale) {
    double epsilon = settings.epsilon() / Math.sqrt(1 - Math.pow(settings.beta2(), step));
    List<NDArray> weight = List.of(slot.weight());
    try (NDManager scope = state.scope()) {
      fused.adamW(
          scope,
          weight,
          Gradients.of(scope, weight),
          List.of(slot.mean()),
          List.of(slot.variance()),
          step,
          gradientScale,
          new AdamWRates(rate, settings.beta1(), settings.beta2(), 0, epsilon));
    }
  }
}
