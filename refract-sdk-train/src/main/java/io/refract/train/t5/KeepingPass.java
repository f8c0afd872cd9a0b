package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.TokenEmbedding.Lookup;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import java.util.List;

/** A forward and backward pass that keeps all that the way back needs. On one thread. */
final class KeepingPass {

  private final T5ArrayNetwork network;
  private final Batch batch;
  private final Dropout dropout;
  private final Objective objective;

  KeepingPass(T5ArrayNetwork network, Batch batch, Dropout dropout, Objective objective) {
    this.network = network;
    this.batch = batch;
    this.dropout = dropout;
    this.objective = objective;
  }

  /** Runs forward and backward. */
  PassResult run(NDManager scope) {
    return GradMode.on(
        () -> {
          Lookup sources = network.lookUpSources(scope, batch);
          Lookup targets = network.lookUpTargets(scope, batch);
          EncoderOutput encoded = network.encode(copyOf(sources), batch, dropout);
          NDArray states = network.decode(encoded, copyOf(targets), batch, dropout);
          NDArray loss = network.lossSum(states, batch, objective);
          JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
          return new PassResult(loss, List.of(sources, targets));
        });
  }

  /** Returns another handle of the values, since a stack closes what it is given. */
  private static NDArray copyOf(Lookup lookup) {
    return lookup.values().reshape(lookup.values().getShape());
  }
}
