package io.refract.train;

import io.refract.train.evaluation.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TrainingRun} leaves besides the weights.
 *
 * @param history everything that was reported
 * @param metricsBefore the evaluation before the first update; empty when there was none
 * @param predictionsBefore what was generated then; empty when nothing was, and in a resumed run
 * @param last the evaluation of the weights that the model has now; null without validation data,
 *     and when the JVM waits for the end
 * @param stopReason why it ended before its last update; empty when it did not
 */
record TrainingOutcome(
    TrainingHistory history,
    Map<String, Double> metricsBefore,
    List<String> predictionsBefore,
    @Nullable EvaluationResult last,
    Optional<String> stopReason) {}
