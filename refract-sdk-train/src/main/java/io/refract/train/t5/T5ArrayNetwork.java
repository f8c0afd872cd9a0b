package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.device.ComputeDevice;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.optim.Objective;
import io.refract.train.t5.TokenEmbedding.Lookup;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Network;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * T5 as in the paper, over the array operations of DJL.
 *
 * <p>Source: Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
 * Transformer" (JMLR 2020).
 *
 * <p>Every size is checked here in Java, and every id in {@link TokenEmbedding}, because the engine
 * does not survive all wrong ones.
 *
 * <p>Dimension letters: B sources, S their length, T target length, N real target tokens, D model,
 * V vocabulary.
 */
final class T5ArrayNetwork implements T5Network {

  private final T5Config config;
  private final NDManager manager;
  private final Map<String, NDArray> parameters;
  private final @Nullable T5Adapter adapter;
  private final Execution execution;
  private final TokenEmbedding embedding; // (V, D)
  private final Linear output; // (V, D), the embedding when tied
  private final T5Stack encoder;
  private final T5Stack decoder;

  /**
   * Connects parameters.
   *
   * @param manager what the parameters belong to
   * @param parameters all of {@link T5Parameters#of}, in that order
   */
  T5ArrayNetwork(T5Config config, NDManager manager, Map<String, NDArray> parameters) {
    this(config, manager, parameters, null, Execution.DEFAULT);
  }

  /**
   * Connects parameters and an adapter.
   *
   * @param adapter what is added to some layers, or null; it then is all that learns
   * @param execution how it is computed
   */
  T5ArrayNetwork(
      T5Config config,
      NDManager manager,
      Map<String, NDArray> parameters,
      @Nullable T5Adapter adapter,
      Execution execution) {
    this(config, manager, parameters, adapter, execution, LayerOps.of(config, execution));
  }

  /** Connects parameters with given operations, which a test chooses. */
  T5ArrayNetwork(
      T5Config config,
      NDManager manager,
      Map<String, NDArray> parameters,
      @Nullable T5Adapter adapter,
      Execution execution,
      LayerOps ops) {
    this.config = config;
    this.manager = manager;
    this.parameters = Collections.unmodifiableMap(parameters);
    this.adapter = adapter;
    this.execution = execution;
    Wiring wiring = new Wiring(config, parameters, adapter, execution, ops);
    embedding = new TokenEmbedding(wiring.parameter(T5Parameters.SHARED));
    output = wiring.over(config.tieWordEmbeddings() ? T5Parameters.SHARED : T5Parameters.OUTPUT);
    encoder = new T5Stack("encoder", wiring);
    decoder = new T5Stack("decoder", wiring);
  }

  @Override
  public NDManager manager() {
    return manager;
  }

  @Override
  public Map<String, NDArray> parameters() {
    return parameters;
  }

  @Override
  public Map<String, NDArray> trainableParameters() {
    return adapter == null ? parameters : adapter.trainableParameters();
  }

  @Override
  public EncoderOutput encode(
      NDManager scope, long[] inputIds, long[] attentionMask, int rows, Dropout dropout) {
    checkSources(inputIds, attentionMask, rows);
    NDArray mask = paddingMask(scope, attentionMask, rows);
    NDArray x = embedding.values(scope, "input id", inputIds, rows);
    return new EncoderOutput(encode(x, mask, Pass.of(dropout)), mask);
  }

  /** Checks ids and sizes of sources, and returns their length. */
  int checkSources(long[] inputIds, long[] attentionMask, int rows) {
    int length = TokenEmbedding.lengthOf("input id", inputIds, rows);
    checkArgument(
        attentionMask.length == inputIds.length,
        "the attention mask has %s values for %s input ids",
        attentionMask.length,
        inputIds.length);
    embedding.checkIds("input id", inputIds);
    return length;
  }

  @Override
  public EncoderOutput encode(NDManager scope, Batch batch, Dropout dropout) {
    NDArray x = embedding.values(scope, "input id", batch.inputIds(), batch.rows());
    return encode(x, batch, Pass.of(dropout));
  }

  /** Runs the encoder over the embedded sources of a batch, B x S x D. */
  EncoderOutput encode(NDArray x, Batch batch, Pass pass) {
    NDArray mask = sourceMask(x.getManager(), batch);
    return new EncoderOutput(encode(x, mask, pass), batch.segments() == null ? mask : null);
  }

  private NDArray encode(NDArray x, @Nullable NDArray mask, Pass pass) {
    NDArray bias = encoder.positionBias(x.getManager(), Math.toIntExact(x.getShape().get(1)));
    return encoder.forward(x, mask == null ? bias : bias.add(mask), null, null, pass);
  }

  /** Returns what hides other examples and padding from the encoder; null when nothing is. */
  @Nullable NDArray sourceMask(NDManager scope, Batch batch) {
    if (batch.segments() != null) {
      int length = batch.sourceLength();
      int[] segments = batch.segments().sources();
      return scope.create(
          Masks.sameSegment(segments, segments, batch.rows()),
          new Shape(batch.rows(), 1, length, length));
    }
    return paddingMask(scope, batch.attentionMask(), batch.rows());
  }

  /** Returns what hides padding; null when there is none. */
  @Nullable NDArray paddingMask(NDManager scope, long[] attentionMask, int rows) {
    return Masks.anyHidden(attentionMask)
        ? scope.create(
            Masks.ofPadding(attentionMask), new Shape(rows, 1, 1, attentionMask.length / rows))
        : null;
  }

  @Override
  public NDArray logits(EncoderOutput encoded, Batch batch, Dropout dropout) {
    return head(decode(encoded, batch, dropout), Pass.PLAIN);
  }

  @Override
  public NDArray lossSum(EncoderOutput encoded, Batch batch, Dropout dropout, Objective objective) {
    return lossSum(decode(encoded, batch, dropout), batch, objective, Pass.PLAIN);
  }

  /** Returns the loss of the decoder's last states, B x T x D. */
  NDArray lossSum(NDArray states, Batch batch, Objective objective, Pass pass) {
    long[] labels = batch.labels();
    NDArray flat = states.reshape(labels.length, config.dModel()); // (B T, D)
    long[] real = realPositions(labels);
    checkArgument(real.length > 0, "a loss needs at least one label that is not ignored");
    if (real.length < labels.length) {
      // The output layer is the widest of all: padding does not go through it.
      flat = Layers.embedding(Layers.owned(states.getManager().create(real)), flat); // (N, D)
    }
    long[] targets = Arrays.stream(real).map(position -> labels[(int) position]).toArray();
    try (NDArray logits = head(flat, pass)) {
      return TokenLoss.sum(logits, targets, objective);
    }
  }

  private static long[] realPositions(long[] labels) {
    long[] positions = new long[labels.length];
    int count = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != Batch.IGNORED) {
        positions[count++] = i;
      }
    }
    return Arrays.copyOf(positions, count);
  }

  private NDArray decode(EncoderOutput encoded, Batch batch, Dropout dropout) {
    NDArray x =
        embedding.values(
            encoded.manager(), "decoder input id", decoderInputIds(batch), batch.rows());
    return decode(encoded, x, batch, Pass.of(dropout));
  }

  /** Runs the decoder over its embedded inputs: B x T x D. */
  NDArray decode(EncoderOutput encoded, NDArray x, Batch batch, Pass pass) {
    checkArgument(
        batch.rows() == encoded.rows(),
        "labels of %s rows do not fit sources of %s rows",
        batch.rows(),
        encoded.rows());
    NDManager scope = encoded.manager();
    NDArray bias = decoder.positionBias(scope, batch.targetLength()).add(targetMask(scope, batch));
    return decoder.forward(
        x,
        bias,
        encoded.states(),
        batch.segments() == null ? encoded.mask() : crossMask(scope, batch),
        pass);
  }

  /** Returns what hides later tokens and other examples from the decoder's self-attention. */
  NDArray targetMask(NDManager scope, Batch batch) {
    int length = batch.targetLength();
    if (batch.segments() == null) {
      return scope.create(Masks.causal(length), new Shape(1, 1, length, length));
    }
    return scope.create(
        Masks.causalInSegment(batch.segments().targets(), batch.rows()),
        new Shape(batch.rows(), 1, length, length));
  }

  /** Returns what hides padding and other examples from cross-attention; null for nothing. */
  @Nullable NDArray crossMask(NDManager scope, Batch batch) {
    if (batch.segments() == null) {
      return sourceMask(scope, batch);
    }
    return scope.create(
        Masks.sameSegment(batch.segments().targets(), batch.segments().sources(), batch.rows()),
        new Shape(batch.rows(), 1, batch.targetLength(), batch.sourceLength()));
  }

  /** Looks up the sources of a batch for a backward pass. */
  Lookup lookUpSources(NDManager scope, Batch batch) {
    return embedding.lookUp(scope, "input id", batch.inputIds(), batch.rows());
  }

  /** Looks up the decoder's inputs for a backward pass. */
  Lookup lookUpTargets(NDManager scope, Batch batch) {
    return embedding.lookUp(scope, "decoder input id", decoderInputIds(batch), batch.rows());
  }

  /** Returns the labels shifted right. */
  private long[] decoderInputIds(Batch batch) {
    for (long label : batch.labels()) {
      if (label != Batch.IGNORED) {
        embedding.checkId("label", label);
      }
    }
    return Masks.shiftRight(
        batch.labels(),
        batch.segments() == null ? null : batch.segments().targets(),
        batch.rows(),
        batch.targetLength(),
        config.decoderStartTokenId(),
        config.padTokenId());
  }

  @Override
  public NDArray backward(NDManager scope, Batch batch, Dropout dropout, Objective objective) {
    int threads = manager.getDevice().isGpu() ? 1 : JniUtils.getNumThreads();
    List<Batch> parts = BatchParts.of(batch, threads);
    PassResult result =
        parts.size() == 1
            ? pass(scope, batch, dropout, objective)
            : new ParallelPass(this, scope, dropout, objective).run(parts, threads);
    embedding.addGradients(result.lookups());
    WeightGradients.add(result.weights());
    return result.loss();
  }

  /** Computes a batch in the calling thread. */
  PassResult pass(NDManager scope, Batch batch, Dropout dropout, Objective objective) {
    return execution.recompute()
        ? new RecomputingPass(this, batch, dropout, objective).run(scope)
        : new KeepingPass(this, batch, dropout, objective).run(scope);
  }

  @Override
  public StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens) {
    return new T5StepDecoder(this, encoded, maxTokens);
  }

  T5Stack encoder() {
    return encoder;
  }

  T5Stack decoder() {
    return decoder;
  }

  /** Returns the numbers of a token's state. */
  int width() {
    return config.dModel();
  }

  /** Returns whether a training changes the embedding. */
  boolean trainsEmbedding() {
    return embedding.trains();
  }

  /** Returns whether a training changes anything that the encoder's states come from. */
  boolean trainsEncoder() {
    return trainsEmbedding()
        || trainableParameters().entrySet().stream()
            .anyMatch(
                entry -> entry.getKey().contains("encoder.") && entry.getValue().hasGradient());
  }

  TokenEmbedding embedding() {
    return embedding;
  }

  /** Returns the scores of all tokens: (..., D) gives (..., V). */
  NDArray head(NDArray states, Pass pass) {
    return output.forward(
        config.tieWordEmbeddings() ? Layers.scale(states, 1 / Math.sqrt(config.dModel())) : states,
        pass);
  }

  @Override
  public T5Network with(Execution other) {
    return new T5ArrayNetwork(config, manager, parameters, adapter, other);
  }

  @Override
  public T5Network copyTo(ComputeDevice device) {
    NDManager own = NDManager.newBaseManager(Devices.of(device), "PyTorch");
    try {
      return copyUnder(own);
    } catch (RuntimeException | Error e) {
      own.close(); // The device may have no room for all of it.
      throw e;
    }
  }

  private T5Network copyUnder(NDManager own) {
    Map<String, NDArray> copies = new LinkedHashMap<>();
    GradMode.off(
        () -> {
          parameters.forEach(
              (name, parameter) -> {
                // On the device that it is on already, toDevice gives the same memory.
                NDArray copy =
                    parameter.getDevice().equals(own.getDevice())
                        ? parameter.duplicate()
                        : parameter.toDevice(own.getDevice(), true);
                copy.attach(own);
                copies.put(name, copy);
              });
          return copies;
        });
    T5Adapter copy = adapter == null ? null : adapter.copyTo(copies, own);
    return new T5ArrayNetwork(config, own, copies, copy, execution);
  }
}
