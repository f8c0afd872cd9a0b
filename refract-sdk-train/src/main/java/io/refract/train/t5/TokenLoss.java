package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.refract.train.optim.Objective;

/** The loss of tokens, from the scores of all tokens of the vocabulary. */
final class TokenLoss {

  private TokenLoss() {}

  /**
   * Returns the sum of the losses of some tokens.
   *
   * <p>Source: {@link Objective}.
   *
   * @param logits scores, N x V
   * @param targets the right tokens, N
   * @return a scalar, in nats
   */
  static NDArray sum(NDArray logits, long[] targets, Objective objective) {
    NDManager scope = logits.getManager();
    NDArray logProbabilities = logits.logSoftmax(-1); // (N, V)
    NDArray index = Layers.owned(scope.create(targets, new Shape(targets.length, 1)));
    NDArray loss = logProbabilities.gather(index, 1).sum().neg();
    double smoothing = objective.labelSmoothing();
    if (smoothing > 0) {
      NDArray spread = logProbabilities.mean(new int[] {1}).sum().neg();
      loss = Layers.scale(loss, 1 - smoothing).add(Layers.scale(spread, smoothing));
    }
    if (objective.zLoss() > 0) {
      // Every score is its log-probability plus log Z.
      NDArray logZ = logits.gather(index, 1).sub(logProbabilities.gather(index, 1)); // (N, 1)
      loss = loss.add(Layers.scale(logZ.square().sum(), objective.zLoss()));
    }
    return loss;
  }
}
