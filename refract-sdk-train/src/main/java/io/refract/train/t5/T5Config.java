package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.train.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The dimensions and constants of a T5, named as in {@code config.json} of Hugging Face.
 *
 * @param modelType {@code "t5"} (v1.0, v1.1, Flan-T5) or {@code "mt5"}
 * @param vocabSize rows of the embedding; may exceed the tokens of the tokenizer
 * @param dModel width of the residual stream
 * @param dKv width of a key, query or value of one head; {@code numHeads * dKv} need not equal
 *     {@code dModel}
 * @param dFf width inside the feed-forward layer
 * @param numLayers blocks of the encoder
 * @param numDecoderLayers blocks of the decoder
 * @param numHeads attention heads
 * @param relativeAttentionNumBuckets buckets of relative positions; even and at least 4
 * @param relativeAttentionMaxDistance distance from which on all positions share the last bucket
 * @param dropoutRate probability that dropout zeroes an element in training; 0 or more, below 1
 * @param layerNormEpsilon what is added to the mean square in the layer norm
 * @param initializerFactor factor of all standard deviations when weights are drawn
 * @param feedForwardProj {@code "relu"} in v1.0 and {@code "gated-gelu"} in v1.1; any of {@link
 *     #ACTIVATIONS}, alone or after {@code "gated-"}
 * @param tieWordEmbeddings whether the embedding serves as output layer too, and outputs are scaled
 *     by {@code dModel^-0.5}: true in v1.0, false in v1.1, Flan-T5 and mT5
 * @param padTokenId the padding token
 * @param eosTokenIds the tokens that end a sequence, at least one
 * @param decoderStartTokenId the token that the decoder starts from
 * @param otherEntries the JSON texts of the entries of {@code config.json} that T5 itself does not
 *     use, by key; they survive loading and saving
 */
public record T5Config(
    String modelType,
    int vocabSize,
    int dModel,
    int dKv,
    int dFf,
    int numLayers,
    int numDecoderLayers,
    int numHeads,
    int relativeAttentionNumBuckets,
    int relativeAttentionMaxDistance,
    double dropoutRate,
    double layerNormEpsilon,
    double initializerFactor,
    String feedForwardProj,
    boolean tieWordEmbeddings,
    int padTokenId,
    List<Integer> eosTokenIds,
    int decoderStartTokenId,
    Map<String, String> otherEntries) {

  /** The activation functions that {@link #feedForwardProj} may name. */
  public static final Set<String> ACTIVATIONS =
      Set.of("relu", "gelu", "gelu_new", "gelu_pytorch_tanh", "silu", "swish", "tanh", "sigmoid");

  private static final String GATED = "gated-";
  private static final int MIN_BUCKETS = 4;

  /** Checks every value. */
  public T5Config {
    checkArgument(
        modelType.equals("t5") || modelType.equals("mt5"),
        "model_type must be t5 or mt5 but was '%s'",
        modelType);
    checkArgument(vocabSize >= 1, "vocab_size must be at least 1 but was %s", vocabSize);
    checkArgument(dModel >= 1, "d_model must be at least 1 but was %s", dModel);
    checkArgument(dKv >= 1, "d_kv must be at least 1 but was %s", dKv);
    checkArgument(dFf >= 1, "d_ff must be at least 1 but was %s", dFf);
    checkArgument(numLayers >= 1, "num_layers must be at least 1 but was %s", numLayers);
    checkArgument(
        numDecoderLayers >= 1,
        "num_decoder_layers must be at least 1 but was %s",
        numDecoderLayers);
    checkArgument(numHeads >= 1, "num_heads must be at least 1 but was %s", numHeads);
    checkArgument(
        (long) numHeads * dKv <= Integer.MAX_VALUE,
        "num_heads times d_kv is too large: %s times %s",
        numHeads,
        dKv);
    checkArgument(
        relativeAttentionNumBuckets >= MIN_BUCKETS && relativeAttentionNumBuckets % 2 == 0,
        "relative_attention_num_buckets must be even and at least %s but was %s",
        MIN_BUCKETS,
        relativeAttentionNumBuckets);
    checkArgument(
        relativeAttentionMaxDistance > relativeAttentionNumBuckets / 2,
        "relative_attention_max_distance must be more than half the buckets (%s) but was %s",
        relativeAttentionNumBuckets / 2,
        relativeAttentionMaxDistance);
    checkArgument(
        dropoutRate >= 0 && dropoutRate < 1,
        "dropout_rate must be 0 or more and below 1 but was %s",
        dropoutRate);
    checkArgument(
        layerNormEpsilon > 0 && Double.isFinite(layerNormEpsilon),
        "layer_norm_epsilon must be more than 0 but was %s",
        layerNormEpsilon);
    checkArgument(
        initializerFactor > 0 && Double.isFinite(initializerFactor),
        "initializer_factor must be more than 0 but was %s",
        initializerFactor);
    checkArgument(
        ACTIVATIONS.contains(withoutGate(feedForwardProj)),
        "feed_forward_proj must be one of %s, alone or after 'gated-', but was '%s'",
        Collections.unmodifiableCollection(new TreeSet<>(ACTIVATIONS)),
        feedForwardProj);
    checkArgument(
        !(modelType.equals("mt5") && tieWordEmbeddings),
        "tie_word_embeddings must be false for mt5: transformers 4 and 5 disagree on what a tied"
            + " mt5 computes");
    eosTokenIds = List.copyOf(eosTokenIds);
    checkArgument(!eosTokenIds.isEmpty(), "eos_token_id must name at least one token");
    checkTokenId("pad_token_id", padTokenId, vocabSize);
    checkTokenId("decoder_start_token_id", decoderStartTokenId, vocabSize);
    for (int id : eosTokenIds) {
      checkTokenId("eos_token_id", id, vocabSize);
    }
    otherEntries = Collections.unmodifiableMap(new TreeMap<>(otherEntries));
  }

  private static void checkTokenId(String key, int id, int vocabSize) {
    checkArgument(
        id >= 0 && id < vocabSize,
        "%s must lie within the vocabulary of %s tokens but was %s",
        key,
        vocabSize,
        id);
  }

  private static String withoutGate(String projection) {
    return projection.startsWith(GATED) ? projection.substring(GATED.length()) : projection;
  }

  /**
   * Reads {@code config.json} of a model directory, as transformers 4 or 5 wrote it.
   *
   * @param directory the directory
   * @throws CheckpointException if the file is missing, is not JSON, or describes no T5 that this
   *     library computes
   */
  public static T5Config load(Path directory) {
    return T5ConfigFile.read(directory).config();
  }

  /** Returns the text of {@code config.json}, in the style that transformers 4 and 5 both read. */
  public String toJson() {
    return T5ConfigFile.write(this);
  }

  /** Returns whether the feed-forward layer is gated, as from v1.1 on. */
  public boolean gated() {
    return feedForwardProj.startsWith(GATED);
  }

  /**
   * Returns the activation of the feed-forward layer. As in transformers, {@code "gated-gelu"}
   * means {@code "gelu_new"}.
   */
  public String activation() {
    return feedForwardProj.equals("gated-gelu") ? "gelu_new" : withoutGate(feedForwardProj);
  }

  /** Returns the width of all heads together, {@code numHeads * dKv}. */
  public int innerDimension() {
    return numHeads * dKv;
  }

  /** Returns these dimensions with another dropout probability. */
  public T5Config withDropoutRate(double value) {
    return new T5Config(
        modelType,
        vocabSize,
        dModel,
        dKv,
        dFf,
        numLayers,
        numDecoderLayers,
        numHeads,
        relativeAttentionNumBuckets,
        relativeAttentionMaxDistance,
        value,
        layerNormEpsilon,
        initializerFactor,
        feedForwardProj,
        tieWordEmbeddings,
        padTokenId,
        eosTokenIds,
        decoderStartTokenId,
        otherEntries);
  }
}
