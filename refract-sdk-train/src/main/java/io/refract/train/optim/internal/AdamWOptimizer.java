package io.refract.train.optim.internal;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.optim.AdamW;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Updates parameters in place with {@link AdamW}, one call of the engine per parameter.
 *
 * <p>The running means are arrays of this object and die with it; the gradients are those that the
 * engine accumulated in the parameters. Not thread-safe.
 */
public final class AdamWOptimizer implements ParameterUpdater {

  /**
   * Parameters whose names match do not decay: those that Hugging Face's {@code Trainer} leaves out
   * of a T5, which are the gains of the layer norms and the relative position biases.
   */
  private static final Pattern WITHOUT_DECAY = Pattern.compile("bias|layernorm|rmsnorm|_norm");

  /** The engine clips single values only when this is not negative; the clip is by norm here. */
  private static final float NO_VALUE_CLIP = -1f;

  private final AdamW settings;
  private final NDManager states;
  private final List<Slot> slots = new ArrayList<>();
  private int steps;

  /** One parameter with its running means. */
  private record Slot(
      String name, PtNDArray weight, PtNDArray mean, PtNDArray variance, float weightDecay) {}

  /**
   * Creates an optimizer with zero running means.
   *
   * @param settings the settings
   * @param manager what the running means are allocated under
   * @param parameters the parameters by name; each requires gradients
   */
  public AdamWOptimizer(AdamW settings, NDManager manager, Map<String, NDArray> parameters) {
    checkArgument(!parameters.isEmpty(), "an optimizer needs at least one parameter");
    this.settings = settings;
    this.states = manager.newSubManager();
    parameters.forEach(
        (name, weight) ->
            slots.add(
                new Slot(
                    name,
                    (PtNDArray) weight,
                    (PtNDArray) states.zeros(weight.getShape(), weight.getDataType()),
                    (PtNDArray) states.zeros(weight.getShape(), weight.getDataType()),
                    decays(name) ? (float) settings.weightDecay() : 0f)));
  }

  /** Returns whether weight decay acts on the parameter of that name. */
  static boolean decays(String name) {
    return !WITHOUT_DECAY.matcher(name).find();
  }

  /**
   * Updates every parameter from the gradient it holds, and leaves the gradients as they are.
   *
   * <p>Source: {@link AdamW}. The engine computes {@code w - a m / (sqrt(v) + e)}; this is the
   * bias-corrected update when {@code a = r sqrt(1 - beta2^t) / (1 - beta1^t)} and {@code e =
   * epsilon sqrt(1 - beta2^t)}.
   *
   * @param learningRate the learning rate of this update, 0 or more
   * @param gradientScale what every gradient is multiplied with first
   */
  @Override
  public void step(double learningRate, double gradientScale) {
    steps++;
    // The engine takes the betas as floats; the correction must use the very same values.
    float beta1 = (float) settings.beta1();
    float beta2 = (float) settings.beta2();
    double meanCorrection = 1 - Math.pow(beta1, steps);
    double deviationCorrection = Math.sqrt(1 - Math.pow(beta2, steps));
    float corrected = (float) (learningRate * deviationCorrection / meanCorrection);
    float epsilon = (float) (settings.epsilon() * deviationCorrection);
    for (Slot slot : slots) {
      try (PtNDArray gradient = slot.weight().getGradient()) {
        JniUtils.adamUpdate(
            slot.weight(),
            gradient,
            slot.mean(),
            slot.variance(),
            (float) learningRate,
            corrected,
            slot.weightDecay(),
            (float) gradientScale,
            NO_VALUE_CLIP,
            beta1,
            beta2,
            epsilon,
            // Without decay the undecoupled form is the same update with two operations fewer.
            slot.weightDecay() > 0);
      }
    }
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    slots.forEach(
        slot -> {
          state.put(slot.name() + ".exp_avg", slot.mean());
          state.put(slot.name() + ".exp_avg_sq", slot.variance());
        });
    return state;
  }

  @Override
  public void restore(int value) {
    steps = value;
  }

  @Override
  public int steps() {
    return steps;
  }

  /** Frees the running means. */
  @Override
  public void close() {
    states.close();
  }
}
