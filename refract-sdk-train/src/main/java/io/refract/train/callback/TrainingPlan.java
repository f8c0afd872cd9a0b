package io.refract.train.callback;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a training is about to do.
 *
 * @param model the model in words
 * @param firstStep updates made earlier, when a training is resumed; else 0
 * @param totalSteps all updates, those made earlier included
 * @param resumes whether the training goes on with one that was begun earlier, if only to find that
 *     it had left no checkpoint; then {@code firstStep} is 0
 * @param metrics the names of what each evaluation measures, such as {@code loss}; empty when there
 *     is no evaluation
 * @param hyperParameters every setting by name, as in the provenance
 */
public record TrainingPlan(
    String model,
    int firstStep,
    int totalSteps,
    boolean resumes,
    Set<String> metrics,
    Map<String, String> hyperParameters) {

  /** Copies the collections, in their order. */
  public TrainingPlan {
    metrics = Collections.unmodifiableSet(new LinkedHashSet<>(metrics));
    hyperParameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperParameters));
  }
}
