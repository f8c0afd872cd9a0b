package io.refract.train;

import java.util.Optional;

/**
 * What a model writes for one example of the validation data.
 *
 * @param source the source text
 * @param target the target text
 * @param before what the model wrote before the training; empty when it was not asked
 * @param after what it writes after the training
 */
public record SamplePrediction(
    String source, String target, Optional<String> before, String after) {}
