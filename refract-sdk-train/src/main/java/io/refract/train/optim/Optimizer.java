package io.refract.train.optim;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The settings of an optimizer: how an update follows from gradients.
 *
 * <p>{@link AdamW} is the safe choice for fine-tuning. {@link Adafactor} is what T5 was trained
 * with and needs least memory. {@link ScaledAdamW} is for training from nothing.
 *
 * <p>Implementations are immutable records.
 */
public sealed interface Optimizer permits AdamW, Adafactor, ScaledAdamW {

  /**
   * The names that do not decay unless set otherwise: those that Hugging Face's {@code Trainer}
   * leaves out of a T5, which are the gains of the layer norms and the relative position biases.
   */
  String DEFAULT_NO_DECAY = "bias|layernorm|rmsnorm|_norm";

  /** Returns the name in reports and in the provenance, such as {@code adamw}. */
  String name();

  /** Returns the peak of the schedule. */
  double learningRate();

  /** Returns the decoupled decay per unit of learning rate. */
  double weightDecay();

  /** Returns a regular expression; a parameter in whose name it is found does not decay. */
  String noDecay();

  /** Returns these settings with another learning rate. */
  Optimizer withLearningRate(double value);

  /** Returns these settings with another weight decay. */
  Optimizer withWeightDecay(double value);

  /** Returns these settings with another rule which parameters do not decay. */
  Optimizer withNoDecay(String value);

  /**
   * Returns the limit for the norm of all gradients that goes well with this optimizer: 1, or 0 for
   * no limit where the optimizer limits its updates itself.
   */
  default double recommendedMaxGradientNorm() {
    return 1.0;
  }

  /** Returns the settings as plain values in a fixed order, the name first. */
  Map<String, String> asMap();

  /** Returns the decay of a parameter of that name. */
  default double weightDecayOf(String parameter) {
    return Pattern.compile(noDecay()).matcher(parameter).find() ? 0 : weightDecay();
  }
}
