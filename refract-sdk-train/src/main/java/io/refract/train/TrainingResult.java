package io.refract.train;

import com.google.common.collect.ImmutableMap;
import io.refract.provenance.Provenance;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.data.DataProfile;
import io.refract.train.metric.ConfusionMatrix;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a training did.
 *
 * @param metrics the values of the last evaluation by plain name, and {@code train_loss}, the mean
 *     loss of the last epoch
 * @param metricsBefore the values of the evaluation before the first update; empty when none was
 *     asked for
 * @param history every epoch
 * @param lossCurve every update
 * @param evaluations every evaluation, the one before the first update included
 * @param data what the model saw of the data, by the names {@code training} and {@code validation}
 * @param samples what the model writes for some examples of the validation data; empty when nothing
 *     was generated
 * @param labels the confusion of labels on the validation data, when the task is a classification
 * @param stopReason why the training ended before its last update; empty when it did not
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
    List<EvaluationReport> evaluations,
    Map<String, DataProfile> data,
    List<SamplePrediction> samples,
    Optional<ConfusionMatrix> labels,
    Optional<String> stopReason,
    Duration duration,
    double tokensPerSecond,
    Provenance provenance) {

  /** Copies the collections. */
  public TrainingResult {
    metrics = ImmutableMap.copyOf(metrics);
    metricsBefore = ImmutableMap.copyOf(metricsBefore);
    history = List.copyOf(history);
    lossCurve = List.copyOf(lossCurve);
    evaluations = List.copyOf(evaluations);
    data = ImmutableMap.copyOf(data);
    samples = List.copyOf(samples);
  }

  /** Returns how many updates were made. */
  public int steps() {
    return lossCurve.size();
  }
}
