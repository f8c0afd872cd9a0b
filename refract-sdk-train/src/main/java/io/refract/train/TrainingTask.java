package io.refract.train;

import io.refract.progress.ProgressListener;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Dataset;
import io.refract.train.data.TrainingData;
import io.refract.train.device.ComputeDevice;
import io.refract.train.evaluation.Evaluator;
import io.refract.train.metric.Classification;
import io.refract.train.t5.T5Model;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a {@link T5Trainer} was told.
 *
 * @param model the model
 * @param config what decides the outcome
 * @param training the data to learn from
 * @param validation the data to judge by, or null for none
 * @param evaluator how they are judged
 * @param evaluateBefore whether they are before the first update too
 * @param evaluateEverySteps updates between two evaluations besides those at the end of each epoch
 * @param best whether the weights of the best evaluation are taken at the end
 * @param checkpoints where and when to save
 * @param resume whether to go on from the newest checkpoint, if there is one
 * @param autoBatchSize whether batches are made smaller until memory suffices
 * @param replicas devices besides the model's own
 * @param classification the metric that judges labels, when the task is a classification
 * @param callbacks what hears of the training
 * @param progress what hears of work that is no update
 */
record TrainingTask(
    T5Model model,
    TrainingConfig config,
    TrainingData training,
    @Nullable Dataset validation,
    Evaluator evaluator,
    boolean evaluateBefore,
    OptionalInt evaluateEverySteps,
    Optional<BestModel> best,
    Optional<Checkpoints> checkpoints,
    boolean resume,
    boolean autoBatchSize,
    List<ComputeDevice> replicas,
    Optional<Classification> classification,
    List<TrainingCallback> callbacks,
    ProgressListener progress) {

  TrainingTask {
    replicas = List.copyOf(replicas);
    callbacks = List.copyOf(callbacks);
  }

  TrainingTask withConfig(TrainingConfig value) {
    return new TrainingTask(
        model,
        value,
        training,
        validation,
        evaluator,
        evaluateBefore,
        evaluateEverySteps,
        best,
        checkpoints,
        resume,
        autoBatchSize,
        replicas,
        classification,
        callbacks,
        progress);
  }
}
