package io.refract.train;

import io.refract.provenance.CheckpointProvenance;
import io.refract.provenance.DatasetProvenance;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What must be equal for a training to be resumed. */
final class TrainingIdentity {

  /** Raised when a seed gives other batches: an epoch must end with those that it began with. */
  private static final int BATCH_ORDER = 2;

  private TrainingIdentity() {}

  /**
   * Returns every setting and the digests of the data, by name.
   *
   * @param base what the model was loaded from
   */
  static Map<String, String> of(TrainingTask task, Optional<CheckpointProvenance> base) {
    Map<String, String> identity = new LinkedHashMap<>(task.config().asMap());
    identity.put("model", task.model().toString());
    task.model().adapter().ifPresent(lora -> identity.putAll(lora.asMap()));
    if (keepsWeights(task)) {
      base.ifPresent(checkpoint -> identity.put("base_checkpoint", checkpoint.sha256()));
    }
    identity.put("batch_order", Integer.toString(BATCH_ORDER));
    identity.put("replicas", Integer.toString(task.replicas().size()));
    put(identity, "training_data", task.training().provenance());
    if (task.validation() != null) {
      put(identity, "validation_data", task.validation().provenance());
    }
    task.evaluateEverySteps()
        .ifPresent(steps -> identity.put("evaluate_every_steps", Integer.toString(steps)));
    task.best()
        .ifPresent(
            best -> {
              identity.put("best_model_by", best.metric());
              identity.put("best_model_is", best.greaterIsBetter() ? "greatest" : "least");
            });
    identity.put("callbacks", Integer.toString(task.callbacks().size()));
    return identity;
  }

  /** Weights that do not learn are read from the base again, not from a checkpoint. */
  private static boolean keepsWeights(TrainingTask task) {
    return task.model().adapter().isPresent() || task.config().computation().freezeEncoder();
  }

  private static void put(Map<String, String> identity, String role, DatasetProvenance data) {
    identity.put(
        role,
        "%s (%d rows, %s, seed %d)"
            .formatted(data.sha256(), data.rows(), data.split(), data.seed()));
  }
}
