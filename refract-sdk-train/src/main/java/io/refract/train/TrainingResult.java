package io.refract.train;

import com.google.common.collect.ImmutableMap;
import io.refract.provenance.Provenance;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.StepReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a training did.
 *
 * @param metrics the values of the last evaluation by plain name, and {@code train_loss}, the mean
 *     loss of the last epoch
 * @param metricsBefore the values of the evaluation before the first update; empty when none was
 *     asked for
 * @param history every epoch
 * @param lossCurve every update
 * @param duration how long the training took, evaluations included
 * @param tokensPerSecond source and target tokens trained on per second, padding and evaluations
 *     not counted
 * @param provenance where the model comes from now
 */
public record TrainingResult(
    Map<String, Double> metrics,
    Map<String, Double> metricsBefore,
    List<EpochReport> history,
    List<StepReport> lossCurve,
    Duration duration,
    double tokensPerSecond,
    Provenance provenance) {

  /** Copies the collections. */
  public TrainingResult {
    metrics = ImmutableMap.copyOf(metrics);
    metricsBefore = ImmutableMap.copyOf(metricsBefore);
    history = List.copyOf(history);
    lossCurve = List.copyOf(lossCurve);
  }

  /** Returns how many updates were made. */
  public int steps() {
    return lossCurve.size();
  }
}
