package io.refract.train.optim;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What a training minimizes: the cross entropy of the target tokens, with two optional additions.
 *
 * <pre>
 *   loss of a token = (1 - labelSmoothing) nll + labelSmoothing mean over V of (-log p) + zLoss log(Z)^2
 * </pre>
 *
 * <p>Here {@code nll} is the negative log-probability of the token, {@code V} the vocabulary and
 * {@code Z} the sum of the exponentials of all logits.
 *
 * <p>Sources: label smoothing as {@code LabelSmoother} of Hugging Face's {@code Trainer}, after
 * Szegedy et al., "Rethinking the Inception Architecture" (CVPR 2016); z-loss as in {@code
 * google-research/t5x}, {@code losses.py}, which keeps logits from drifting away from zero.
 *
 * @param labelSmoothing the share of the probability that is spread over the vocabulary; 0, the
 *     default, for none
 * @param zLoss the weight of the squared log-normalizer; 0, the default, for none, 1e-4 in T5 v1.1
 */
public record Objective(double labelSmoothing, double zLoss) {

  /** The plain cross entropy. */
  public static final Objective CROSS_ENTROPY = new Objective(0, 0);

  /** Checks the range of every value. */
  public Objective {
    checkArgument(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "label smoothing must be at least 0 and below 1 but was %s",
        labelSmoothing);
    checkArgument(
        zLoss >= 0 && Double.isFinite(zLoss), "z-loss must not be negative but was %s", zLoss);
  }

  /** Returns this objective with another share of label smoothing. */
  public Objective withLabelSmoothing(double value) {
    return new Objective(value, zLoss);
  }

  /** Returns this objective with another weight of the z-loss. */
  public Objective withZLoss(double value) {
    return new Objective(labelSmoothing, value);
  }
}
