package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.refract.train.data.Batch;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.T5Network;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * T5 as in the paper, over the array operations of DJL.
 *
 * <p>Source: Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
 * Transformer" (JMLR 2020).
 *
 * <p>Every id and every size is checked here in Java, because the engine does not survive all wrong
 * ones.
 *
 * <p>Dimension letters: B sources, S their length, T target length, N real target tokens, D model,
 * V vocabulary.
 */
final class T5ArrayNetwork implements T5Network {

  private final T5Config config;
  private final NDManager manager;
  private final Map<String, NDArray> parameters;
  private final @Nullable T5Adapter adapter;
  private final NDArray shared; // (V, D)
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
    this(config, manager, parameters, null);
  }

  /**
   * Connects parameters and an adapter.
   *
   * @param adapter what is added to some layers, or null; it then is all that learns
   */
  T5ArrayNetwork(
      T5Config config,
      NDManager manager,
      Map<String, NDArray> parameters,
      @Nullable T5Adapter adapter) {
    this.config = config;
    this.manager = manager;
    this.parameters = Collections.unmodifiableMap(parameters);
    this.adapter = adapter;
    Wiring wiring = new Wiring(config, parameters, adapter);
    shared = wiring.parameter(T5Parameters.SHARED);
    output =
        new Linear(config.tieWordEmbeddings() ? shared : wiring.parameter(T5Parameters.OUTPUT));
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
      NDManager scope, long[] inputIds, long[] attentionMask, int rows, boolean training) {
    int length = lengthOf("input ids", inputIds, rows);
    checkArgument(
        attentionMask.length == inputIds.length,
        "the attention mask has %s values for %s input ids",
        attentionMask.length,
        inputIds.length);
    NDArray bias = encoder.positionBias(scope, length); // (1, H, S, S)
    NDArray mask = null;
    if (Masks.anyHidden(attentionMask)) {
      mask = scope.create(Masks.ofPadding(attentionMask), new Shape(rows, 1, 1, length));
      bias = bias.add(mask); // (B, H, S, S)
    }
    NDArray x = embed(scope, "input id", inputIds, rows, length);
    return new EncoderOutput(encoder.forward(x, bias, null, null, training), mask);
  }

  @Override
  public NDArray logits(EncoderOutput encoded, long[] labels, boolean training) {
    return head(decode(encoded, labels, training));
  }

  @Override
  public NDArray lossSum(EncoderOutput encoded, long[] labels, boolean training) {
    NDManager scope = encoded.manager();
    NDArray states = decode(encoded, labels, training);
    states = states.reshape(labels.length, config.dModel()); // (B T, D)
    long[] real = realPositions(labels);
    checkArgument(real.length > 0, "a loss needs at least one label that is not ignored");
    if (real.length < labels.length) {
      // The output layer is the widest of all: padding does not go through it.
      states = Layers.embedding(Layers.owned(scope.create(real)), states); // (N, D)
    }
    long[] targets = Arrays.stream(real).map(position -> labels[(int) position]).toArray();
    NDArray logProbabilities;
    try (NDArray logits = head(states)) {
      logProbabilities = logits.logSoftmax(-1); // (N, V)
    }
    NDArray index = Layers.owned(scope.create(targets, new Shape(targets.length, 1)));
    return logProbabilities.gather(index, 1).sum().neg();
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

  /** Runs the decoder over the shifted labels: B x T x D. */
  private NDArray decode(EncoderOutput encoded, long[] labels, boolean training) {
    int rows = encoded.rows();
    int length = lengthOf("labels", labels, rows);
    for (long label : labels) {
      if (label != Batch.IGNORED) {
        checkId("label", label);
      }
    }
    long[] ids =
        Masks.shiftRight(labels, rows, length, config.decoderStartTokenId(), config.padTokenId());
    NDManager scope = encoded.manager();
    NDArray causal = scope.create(Masks.causal(length), new Shape(1, 1, length, length));
    NDArray bias = decoder.positionBias(scope, length).add(causal); // (1, H, T, T)
    NDArray x = embed(scope, "decoder input id", ids, rows, length);
    return decoder.forward(x, bias, encoded.states(), encoded.mask(), training);
  }

  @Override
  public StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens) {
    return new T5StepDecoder(this, encoded, maxTokens);
  }

  T5Stack decoder() {
    return decoder;
  }

  /** Looks up tokens: B x T ids give B x T x D. */
  NDArray embed(NDManager scope, String what, long[] ids, int rows, int length) {
    for (long id : ids) {
      checkId(what, id);
    }
    try (NDArray array = Layers.owned(scope.create(ids, new Shape(rows, length)))) {
      return Layers.embedding(array, shared);
    }
  }

  /** Returns the scores of all tokens: (..., D) gives (..., V). */
  NDArray head(NDArray states) {
    return output.forward(
        config.tieWordEmbeddings() ? Layers.scale(states, 1 / Math.sqrt(config.dModel())) : states,
        false);
  }

  private void checkId(String what, long id) {
    checkArgument(
        id >= 0 && id < config.vocabSize(),
        "%s %s lies outside of the vocabulary of %s tokens",
        what,
        id,
        config.vocabSize());
  }

  private static int lengthOf(String what, long[] values, int rows) {
    checkArgument(rows >= 1, "a batch needs at least 1 row but has %s", rows);
    checkArgument(
        values.length > 0 && values.length % rows == 0,
        "%s %s cannot be cut into %s rows of equal length, at least 1",
        values.length,
        what,
        rows);
    return values.length / rows;
  }

  @Override
  public T5Network withDropout(double rate) {
    return new T5ArrayNetwork(config.withDropoutRate(rate), manager, parameters, adapter);
  }
}
