package io.refract.train.callback;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a training is about to do.
 *
 * @param model the model in words
 * @param firstStep updates made earlier, when a training is resumed; else 0
 * @param totalSteps all updates, those made earlier included
 * @param hyperParameters every setting by name, as in the provenance
 */
public record TrainingPlan(
    String model, int firstStep, int totalSteps, Map<String, String> hyperParameters) {

  /** Copies the map, in its order. */
  public TrainingPlan {
    hyperParameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperParameters));
  }
}
