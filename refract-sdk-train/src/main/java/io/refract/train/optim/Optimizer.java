package io.refract.train.optim;

import java.util.Map;

/** The settings of an optimizer. */
public sealed interface Optimizer permits AdamW {

  /** Returns the peak of the learning rate. */
  double learningRate();

  /** Returns the decoupled decay per unit of learning rate. */
  double weightDecay();

  /** Returns these settings with another learning rate. */
  Optimizer withLearningRate(double value);

  /** Returns these settings with another weight decay. */
  Optimizer withWeightDecay(double value);

  /** Returns every value by name, for the provenance of what was trained. */
  Map<String, String> asMap();
}
