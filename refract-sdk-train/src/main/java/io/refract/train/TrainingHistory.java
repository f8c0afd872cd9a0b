package io.refract.train;

import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import java.util.ArrayList;
import java.util.List;

/** What a training has reported so far, and the sums of the epoch it is in. */
final class TrainingHistory {

  final List<StepReport> steps = new ArrayList<>();
  final List<EpochReport> epochs = new ArrayList<>();
  final List<EvaluationReport> evaluations = new ArrayList<>();

  /** Source and target tokens of all updates, padding not counted. */
  long trainedTokens;

  /** The time of all updates. */
  long trainingNanos;

  /** The sum of the losses of the epoch so far. */
  double epochLossSum;

  /** The target tokens of the epoch so far. */
  long epochTargetTokens;

  /** The time of the epoch so far, when it was begun by an earlier process. */
  long epochNanos;

  double tokensPerSecond() {
    return trainedTokens * 1e9 / Math.max(1, trainingNanos);
  }

  /** Returns the epoch's mean loss, and begins the next. */
  double endEpoch() {
    double loss = epochLossSum / Math.max(1, epochTargetTokens);
    epochLossSum = 0;
    epochTargetTokens = 0;
    epochNanos = 0;
    return loss;
  }
}
