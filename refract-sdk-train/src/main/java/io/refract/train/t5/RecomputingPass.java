package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.TokenEmbedding.Lookup;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.GradMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A forward and backward pass that keeps only the input of each block, and computes each block a
 * second time when its gradients are due: memory for activations no longer grows with what happens
 * inside of a block, for about a third more computation.
 *
 * <p>Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016), with one segment
 * for each block. Dropout draws the same zeros both times, see {@link Dropout#part}.
 *
 * <p>For one pass, on one thread.
 */
final class RecomputingPass {

  private final T5ArrayNetwork network;
  private final Batch batch;
  private final Pass pass;
  private final Objective objective;

  RecomputingPass(T5ArrayNetwork network, Batch batch, Dropout dropout, Objective objective) {
    this.network = network;
    this.batch = batch;
    pass = Pass.of(dropout);
    this.objective = objective;
  }

  /** A stack with the inputs of its blocks, and with what all of them look at. */
  private final class StackPass {

    private final T5Stack stack;
    private final NDManager scope;
    private final Lookup lookup;
    private final NDArray bias; // with a graph to the table
    private final NDArray biasLeaf;
    private final @Nullable NDArray mask;
    private final @Nullable NDArray memory; // a leaf: the encoder's states
    private final @Nullable NDArray crossMask;
    private final List<NDArray> inputs = new ArrayList<>(); // of the blocks and of the end

    private StackPass(
        T5Stack stack,
        NDManager scope,
        int length,
        Lookup lookup,
        @Nullable NDArray mask,
        @Nullable NDArray memory,
        @Nullable NDArray crossMask) {
      this.stack = stack;
      this.scope = scope;
      this.lookup = lookup;
      this.mask = mask;
      this.memory = memory;
      this.crossMask = crossMask;
      bias = GradMode.on(() -> stack.positionBias(scope, length));
      biasLeaf = leaf(bias);
    }

    /** Runs all blocks without a graph; keeps their inputs. */
    private void forward() {
      GradMode.off(
          () -> {
            NDArray x = stack.enter(view(lookup.values(), scope), pass);
            inputs.add(x);
            for (int i = 0; i < stack.blocks().size(); i++) {
              try (NDManager blockScope = scope.newSubManager()) {
                NDArray input = view(x, blockScope);
                x = block(i, input);
                x.attach(scope);
              }
              inputs.add(x);
            }
            return x;
          });
    }

    private NDArray block(int i, NDArray x) {
      NDArray whole = mask == null ? biasLeaf : biasLeaf.add(mask);
      if (mask != null) {
        whole.attach(x.getManager());
      }
      return stack.block(i, x, whole, memory, crossMask, pass);
    }

    /** Goes back through all blocks and the embedding, from the gradient of the last input. */
    private void backward(NDArray gradient) {
      NDArray current = gradient;
      for (int i = stack.blocks().size() - 1; i >= 0; i--) {
        NDArray input = leaf(inputs.get(i));
        int number = i;
        current = through(input, x -> block(number, x), current);
        inputs.get(i).close();
      }
      NDArray last = current;
      if (network.trainsEmbedding()) {
        GradMode.on(
            () -> {
              try (NDManager part = scope.newSubManager()) {
                backpropagate(stack.enter(view(lookup.values(), part), pass), last);
              }
              return last;
            });
      }
      if (stack.trainsPositionBias()) {
        try (NDArray ofBias = gradientOf(biasLeaf)) {
          backpropagate(bias, ofBias);
        }
      }
    }

    /** Computes a part again with a graph and goes back through it. */
    private NDArray through(NDArray input, UnaryOperator<NDArray> part, NDArray gradient) {
      return GradMode.on(
          () -> {
            try (NDManager partScope = scope.newSubManager()) {
              NDArray x = view(input, partScope);
              backpropagate(part.apply(x), gradient);
            }
            gradient.close();
            NDArray result = gradientOf(input);
            result.attach(scope);
            input.close();
            return result;
          });
    }
  }

  /** Runs forward and backward. */
  PassResult run(NDManager scope) {
    StackPass encoder =
        new StackPass(
            network.encoder(),
            scope,
            batch.sourceLength(),
            network.lookUpSources(scope, batch),
            network.sourceMask(scope, batch),
            null,
            null);
    encoder.forward();
    NDArray last = encoder.inputs.get(encoder.inputs.size() - 1);
    NDArray states = leaf(GradMode.off(() -> network.encoder().finish(view(last, scope), pass)));
    StackPass decoder =
        new StackPass(
            network.decoder(),
            scope,
            batch.targetLength(),
            network.lookUpTargets(scope, batch),
            network.targetMask(scope, batch),
            states,
            network.crossMask(scope, batch));
    decoder.forward();
    NDArray top = leaf(decoder.inputs.get(decoder.inputs.size() - 1));
    NDArray loss = loss(scope, top);
    decoder.backward(gradientOf(top));
    if (network.trainsEncoder()) {
      NDArray ofStates = gradientOf(states);
      encoder.backward(
          encoder.through(leaf(last), x -> network.encoder().finish(x, pass), ofStates));
    }
    return new PassResult(loss, List.of(encoder.lookup, decoder.lookup), List.of());
  }

  private NDArray loss(NDManager scope, NDArray top) {
    return GradMode.on(
        () -> {
          try (NDManager part = scope.newSubManager()) {
            NDArray states = network.decoder().finish(view(top, part), pass);
            NDArray loss = network.lossSum(states, batch, objective, pass);
            loss.attach(scope);
            backpropagate(loss, loss.onesLike());
            return loss;
          }
        });
  }

  /** Returns the same values as the start of a graph of their own. */
  private static NDArray leaf(NDArray x) {
    NDArray leaf = x.duplicate();
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /** Returns a handle of the same tensor that belongs to another manager; keeps the graph. */
  private static NDArray view(NDArray x, NDManager scope) {
    NDArray view = Layers.handle(x);
    view.attach(scope);
    return view;
  }

  private static NDArray gradientOf(NDArray leaf) {
    return ((PtNDArray) leaf).getGradient();
  }

  private static void backpropagate(NDArray output, NDArray gradient) {
    JniUtils.backward((PtNDArray) output, (PtNDArray) gradient, false, false);
  }
}
