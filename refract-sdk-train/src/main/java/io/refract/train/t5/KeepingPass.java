package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.kernel.GradientKernel;
import io.refract.train.optim.Objective;
import io.refract.train.t5.TokenEmbedding.Lookup;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import java.util.List;
import java.util.Optional;

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
          Optional<WeightGradients> gradients = weightGradients(scope);
          Pass pass = new Pass(dropout, gradients.orElse(null));
          EncoderOutput encoded = network.encode(embedded(sources), batch, pass);
          NDArray states = network.decode(encoded, embedded(targets), batch, pass);
          NDArray loss = network.lossSum(states, batch, objective, pass);
          JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
          return new PassResult(
              loss, List.of(sources, targets), gradients.map(List::of).orElse(List.of()));
        });
  }

  /**
   * With at most half as many tokens as a state has numbers, what is kept takes up less memory than
   * the weights, whose size the graph's own gradients would have.
   */
  private Optional<WeightGradients> weightGradients(NDManager scope) {
    long tokens = (long) batch.rows() * (batch.sourceLength() + batch.targetLength());
    boolean few = 2 * tokens <= network.width();
    // Where the embedding learns, everything behind it is part of the graph.
    return few && network.trainsEmbedding() && !scope.getDevice().isGpu()
        ? GradientKernel.find().map(kernel -> new WeightGradients(kernel, scope))
        : Optional.empty();
  }

  /** Returns another handle of the values, since a stack closes what it is given. */
  private static NDArray embedded(Lookup lookup) {
    return Layers.handle(lookup.values());
  }
}
