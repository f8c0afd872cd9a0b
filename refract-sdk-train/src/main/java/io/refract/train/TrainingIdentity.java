package io.refract.train;

import io.refract.provenance.DatasetProvenance;
import java.util.LinkedHashMap;
import java.util.Map;

/** What must be equal for a training to be resumed. */
final class TrainingIdentity {

  private TrainingIdentity() {}

  /** Returns every setting and the digests of the data, by name. */
  static Map<String, String> of(TrainingTask task) {
    Map<String, String> identity = new LinkedHashMap<>(task.config().asMap());
    identity.put("model", task.model().toString());
    task.model().adapter().ifPresent(lora -> identity.putAll(lora.asMap()));
    identity.put("replicas", Integer.toString(task.replicas().size()));
    put(identity, "training_data", task.training().provenance());
    if (task.validation() != null) {
      put(identity, "validation_data", task.validation().provenance());
    }
    task.evaluateEverySteps()
        .ifPresent(steps -> identity.put("evaluate_every_steps", Integer.toString(steps)));
    task.best().ifPresent(best -> identity.put("best_model_by", best.metric()));
    identity.put("callbacks", Integer.toString(task.callbacks().size()));
    return identity;
  }

  private static void put(Map<String, String> identity, String role, DatasetProvenance data) {
    identity.put(
        role,
        "%s (%d rows, %s, seed %d)"
            .formatted(data.sha256(), data.rows(), data.split(), data.seed()));
  }
}
