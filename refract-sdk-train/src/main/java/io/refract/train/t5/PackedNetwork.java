package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.kernel.Packing;
import io.refract.train.kernel.ScoringKernel;
import io.refract.train.kernel.ScoringShape;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A T5 for scoring whose weights were packed for the products of one {@link Packing}. It computes
 * all layers in one call of the engine, see {@link ScoringKernel}; ids and sizes are checked by the
 * array form, which it also takes embedding, masks and position bias from.
 *
 * <p>What is packed keeps the values that the weights had when it was made. Embedding and norms,
 * and with {@link Packing#PLAIN} all weights that are not joined, are the weights themselves.
 */
final class PackedNetwork implements ScoringNetwork {

  private final T5ArrayNetwork network;
  private final ScoringKernel kernel;
  private final Packing packing;
  private final long packedWeights;
  private final List<IValue> values = new ArrayList<>(); // all of those below
  private final IValue table;
  private final IValue encoderWeights;
  private final IValue encoderGains;
  private final IValue decoderWeights;
  private final IValue decoderGains;

  private PackedNetwork(
      T5ArrayNetwork network,
      ScoringKernel kernel,
      Packing packing,
      T5Config config,
      Map<String, NDArray> weights) {
    this.network = network;
    this.kernel = kernel;
    this.packing = packing;
    PackingOrder order = new PackingOrder(config, weights);
    List<List<NDArray>> encoderOrder = order.encoderWeights();
    List<List<NDArray>> decoderOrder = order.decoderWeights();
    packedWeights = count(encoderOrder, packing) + count(decoderOrder, packing);
    try {
      table = kept(ScoringKernel.value(T5Parameters.get(weights, T5Parameters.SHARED)));
      encoderWeights = kept(kernel.pack(encoderOrder));
      encoderGains = kept(ScoringKernel.list(order.gains("encoder")));
      decoderWeights = kept(kernel.pack(decoderOrder));
      decoderGains = kept(ScoringKernel.list(order.gains("decoder")));
    } catch (RuntimeException e) {
      values.forEach(IValue::close); // What is packed has memory of its own, outside of the heap.
      throw e;
    }
  }

  private IValue kept(IValue value) {
    values.add(value);
    return value;
  }

  /**
   * Packs weights.
   *
   * @param network what checks, and computes masks and position bias
   * @param weights what is packed: the parameters, with an adapter added where there is one; they
   *     can be closed afterwards
   * @return the network, which the caller closes; empty on a platform without such products
   */
  static Optional<PackedNetwork> of(
      T5ArrayNetwork network, T5Config config, Map<String, NDArray> weights, Packing packing) {
    return ScoringKernel.find(shape(config), packing)
        .map(
            kernel ->
                GradMode.off(() -> new PackedNetwork(network, kernel, packing, config, weights)));
  }

  /** Returns whether this platform has such products. */
  static boolean isAvailable(T5Config config, Packing packing) {
    return ScoringKernel.find(shape(config), packing).isPresent();
  }

  private static ScoringShape shape(T5Config config) {
    return new ScoringShape(
        config.numLayers(),
        config.numDecoderLayers(),
        config.numHeads(),
        config.dKv(),
        config.layerNormEpsilon(),
        config.activation(),
        config.gated(),
        config.tieWordEmbeddings() ? 1 / Math.sqrt(config.dModel()) : 1);
  }

  private static long count(List<List<NDArray>> weights, Packing packing) {
    return weights.stream()
        .filter(joined -> packing != Packing.PLAIN || joined.size() > 1)
        .flatMap(List::stream)
        .mapToLong(array -> array.getShape().size())
        .sum();
  }

  /** Returns how many weights it has packed, in memory of their own. */
  long packedWeights() {
    return packedWeights;
  }

  /** The names of the weights in the order that a {@link ScoringKernel} takes them. */
  private record PackingOrder(T5Config config, Map<String, NDArray> weights) {

    private NDArray weight(String module) {
      return T5Parameters.get(weights, T5Parameters.weightOf(module));
    }

    private List<NDArray> joined(String module, String... parts) {
      List<NDArray> all = new ArrayList<>();
      for (String part : parts) {
        all.add(weight(module + "." + part));
      }
      return all;
    }

    private void addSelfAttention(List<List<NDArray>> all, String block) {
      String attention = block + ".layer.0.SelfAttention";
      all.add(joined(attention, "q", "k", "v"));
      all.add(joined(attention, "o"));
    }

    private void addFeedForward(List<List<NDArray>> all, String layer) {
      String module = layer + ".DenseReluDense";
      all.add(config.gated() ? joined(module, "wi_0", "wi_1") : joined(module, "wi"));
      all.add(joined(module, "wo"));
    }

    List<List<NDArray>> encoderWeights() {
      List<List<NDArray>> all = new ArrayList<>();
      for (int i = 0; i < config.numLayers(); i++) {
        String block = "encoder.block." + i;
        addSelfAttention(all, block);
        addFeedForward(all, block + ".layer.1");
      }
      return all;
    }

    List<List<NDArray>> decoderWeights() {
      List<List<NDArray>> all = new ArrayList<>();
      List<NDArray> memory = new ArrayList<>();
      for (int i = 0; i < config.numDecoderLayers(); i++) {
        String block = "decoder.block." + i;
        String cross = block + ".layer.1.EncDecAttention";
        addSelfAttention(all, block);
        all.add(joined(cross, "q"));
        all.add(joined(cross, "o"));
        memory.addAll(joined(cross, "k", "v"));
        addFeedForward(all, block + ".layer.2");
      }
      all.add(memory);
      all.add(
          List.of(
              T5Parameters.get(
                  weights,
                  config.tieWordEmbeddings() ? T5Parameters.SHARED : T5Parameters.OUTPUT)));
      return all;
    }

    List<NDArray> gains(String stack) {
      boolean decoder = stack.equals("decoder");
      List<NDArray> all = new ArrayList<>();
      for (int i = 0; i < (decoder ? config.numDecoderLayers() : config.numLayers()); i++) {
        for (int layer = 0; layer < (decoder ? 3 : 2); layer++) {
          all.add(weight("%s.block.%s.layer.%s.layer_norm".formatted(stack, i, layer)));
        }
      }
      all.add(weight(stack + ".final_layer_norm"));
      return all;
    }
  }

  @Override
  public NDManager manager() {
    return network.manager();
  }

  @Override
  public EncoderOutput encode(NDManager scope, long[] inputIds, long[] attentionMask, int rows) {
    int length = network.checkSources(inputIds, attentionMask, rows);
    NDArray mask = network.paddingMask(scope, attentionMask, rows);
    try (NDManager local = scope.newSubManager()) {
      NDArray bias = network.encoder().positionBias(local, length); // (1, H, S, S)
      NDArray ids = local.create(inputIds, new Shape(rows, length));
      try (IValue idValue = ScoringKernel.value(ids);
          IValue biasValue = ScoringKernel.value(mask == null ? bias : bias.add(mask));
          IValue states = kernel.encode(idValue, table, biasValue, encoderWeights, encoderGains)) {
        return new EncoderOutput(ScoringKernel.array(states, scope), mask);
      }
    }
  }

  @Override
  public boolean isFloat32() {
    return packing == Packing.PLAIN || packing == Packing.FLOAT32;
  }

  @Override
  public StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens) {
    return new PackedStepDecoder(this, encoded, maxTokens);
  }

  T5ArrayNetwork network() {
    return network;
  }

  /** Returns keys and values of the encoder's states for all layers; the caller closes them. */
  IValue memory(NDArray states) {
    try (IValue value = ScoringKernel.value(states)) {
      return kernel.memory(value, decoderWeights);
    }
  }

  ScoringKernel kernel() {
    return kernel;
  }

  /** Returns the logits after a token of every row. */
  NDArray step(
      NDManager step, NDArray ids, IValue cache, IValue memory, IValue mask, NDArray bias, int at) {
    try (IValue idValue = ScoringKernel.value(ids);
        IValue biasValue = ScoringKernel.value(bias);
        IValue logits =
            kernel.step(
                idValue, table, cache, memory, mask, biasValue, decoderWeights, decoderGains, at)) {
      return ScoringKernel.array(logits, step);
    }
  }

  @Override
  public void close() {
    values.forEach(IValue::close);
  }
}
