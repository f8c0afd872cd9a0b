package io.refract.train.t5;

import ai.djl.ndarray.NDManager;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.ScoringNetwork;

/** Scoring with the array form, where the engine loads no kernel. */
record ArrayScoring(T5ArrayNetwork network) implements ScoringNetwork {

  @Override
  public NDManager manager() {
    return network.manager();
  }

  @Override
  public EncoderOutput encode(NDManager scope, long[] inputIds, long[] attentionMask, int rows) {
    return network.encode(scope, inputIds, attentionMask, rows, Dropout.NONE);
  }

  @Override
  public boolean isFloat32() {
    return true;
  }

  @Override
  public StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens) {
    return network.stepDecoder(encoded, maxTokens);
  }

  @Override
  public void close() {
    // The parameters are the model's.
  }
}
