package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.scoring.BeamSettings.EarlyStopping;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a model decides for its next tokens: greedily, with beams or by sampling, and under which
 * rules. Every option means what the one of the same name means in {@code generate()} of
 * transformers 4.50 and later; the defaults are those of its {@code GenerationConfig}, too.
 *
 * <pre>{@code
 * Decoding.defaults().withNumBeams(4).withLengthPenalty(2.0).withNoRepeatNgramSize(3)
 * }</pre>
 *
 * <p>Every value is checked at once; {@link #requireConsistent()} checks what only holds of several
 * values together, and whoever generates calls it. The most tokens generated are not part of it,
 * see {@link GenerationSettings#maxNewTokens()}.
 *
 * @param beams beams, their end, and how many sequences an input gets
 * @param sampling how tokens are drawn
 * @param lengths how many tokens there are at least
 * @param repetition what is done against repetitions
 * @param tokens tokens that must or must not occur
 * @param labels the only texts that may be generated, none for all; the output is always exactly
 *     one of them
 */
public record Decoding(
    BeamSettings beams,
    SamplingSettings sampling,
    LengthSettings lengths,
    RepetitionSettings repetition,
    TokenSettings tokens,
    List<String> labels) {

  private static final Decoding DEFAULTS =
      new Decoding(
          BeamSettings.DEFAULTS,
          SamplingSettings.DEFAULTS,
          LengthSettings.DEFAULTS,
          RepetitionSettings.DEFAULTS,
          TokenSettings.DEFAULTS,
          List.of());

  /** Checks that no label is blank or there twice. */
  public Decoding {
    requireNonNull(beams, "beams");
    requireNonNull(sampling, "sampling");
    requireNonNull(lengths, "lengths");
    requireNonNull(repetition, "repetition");
    requireNonNull(tokens, "tokens");
    labels = List.copyOf(labels);
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      checkArgument(!label.isBlank(), "a label must not be blank");
      checkArgument(seen.add(label), "the label '%s' is there twice", label);
    }
  }

  /** Returns the defaults: greedy search without any rule. */
  public static Decoding defaults() {
    return DEFAULTS;
  }

  /**
   * Returns a decoding from options by their names in transformers, and {@code seed} and {@code
   * labels}; what is not named has its default.
   *
   * @param options JSON texts by name, for example {@code "num_beams"} and {@code "4"}
   * @throws IllegalArgumentException if there is no such option, or a value cannot be used
   */
  public static Decoding ofOptions(Map<String, String> options) {
    return DecodingOptions.apply(options, DEFAULTS);
  }

  /**
   * Returns the decoding that {@code generation_config.json} of a checkpoint asks for.
   *
   * @param entries the JSON texts of its entries by name; those that have nothing to do with
   *     decoding are ignored
   * @throws IllegalArgumentException if an entry cannot be used, or changes outputs in a way that
   *     this SDK does not offer
   */
  public static Decoding ofGenerationConfig(Map<String, String> entries) {
    return CheckpointOptions.decoding(entries);
  }

  /** Returns the names that {@link #ofOptions} knows. */
  public static Set<String> optionNames() {
    return DecodingOptions.names();
  }

  /** Returns this decoding with some options changed, see {@link #ofOptions}. */
  public Decoding withOptions(Map<String, String> options) {
    return DecodingOptions.apply(options, this);
  }

  /** Returns the options that differ from the defaults, as {@link #ofOptions} takes them. */
  public Map<String, String> options() {
    return DecodingOptions.differing(this, DEFAULTS);
  }

  /**
   * Checks what only holds of several values together.
   *
   * @return this decoding
   * @throws IllegalArgumentException if more sequences are asked for than the search gives, or
   *     rules could keep every label from being the output
   */
  public Decoding requireConsistent() {
    int sequences = beams.numReturnSequences();
    if (beams.numBeams() > 1) {
      checkArgument(
          sequences <= beams.numBeams(),
          "num_return_sequences %s must not exceed num_beams %s",
          sequences,
          beams.numBeams());
    } else {
      checkArgument(
          sequences == 1 || sampling.doSample(),
          "greedy search gives 1 sequence, not num_return_sequences %s: set num_beams or do_sample",
          sequences);
    }
    Integer first = tokens.forcedBosTokenId();
    checkArgument(
        first == null || !tokens.suppressTokens().contains(first),
        "token %s is both forced_bos_token_id and in suppress_tokens",
        first);
    checkArgument(
        tokens.forcedEosTokenIds().isEmpty()
            || !tokens.suppressTokens().containsAll(tokens.forcedEosTokenIds()),
        "suppress_tokens has all of forced_eos_token_id %s",
        tokens.forcedEosTokenIds());
    if (!labels.isEmpty()) {
      requireLabelsPossible();
    }
    return this;
  }

  private void requireLabelsPossible() {
    checkArgument(
        (sampling.doSample() && beams.numBeams() == 1)
            || beams.numReturnSequences() <= labels.size(),
        "num_return_sequences %s must not exceed the %s labels",
        beams.numReturnSequences(),
        labels.size());
    boolean free =
        tokens.equals(TokenSettings.DEFAULTS)
            && lengths.equals(LengthSettings.DEFAULTS)
            && repetition.noRepeatNgramSize() == 0
            && repetition.encoderNoRepeatNgramSize() == 0;
    checkArgument(
        free,
        "labels cannot be combined with minimum lengths, n-gram bans, bad words, forced or suppressed tokens: these could rule out every label");
  }

  private Decoding with(BeamSettings value) {
    return new Decoding(value, sampling, lengths, repetition, tokens, labels);
  }

  private Decoding with(SamplingSettings value) {
    return new Decoding(beams, value, lengths, repetition, tokens, labels);
  }

  private Decoding with(LengthSettings value) {
    return new Decoding(beams, sampling, value, repetition, tokens, labels);
  }

  private Decoding with(RepetitionSettings value) {
    return new Decoding(beams, sampling, lengths, value, tokens, labels);
  }

  private Decoding with(TokenSettings value) {
    return new Decoding(beams, sampling, lengths, repetition, value, labels);
  }

  /** Returns this decoding with another {@link BeamSettings#numBeams()}. */
  public Decoding withNumBeams(int value) {
    return with(
        new BeamSettings(
            value, beams.lengthPenalty(), beams.earlyStopping(), beams.numReturnSequences()));
  }

  /** Returns this decoding with another {@link BeamSettings#lengthPenalty()}. */
  public Decoding withLengthPenalty(double value) {
    return with(
        new BeamSettings(
            beams.numBeams(), value, beams.earlyStopping(), beams.numReturnSequences()));
  }

  /** Returns this decoding with another {@link BeamSettings#earlyStopping()}. */
  public Decoding withEarlyStopping(EarlyStopping value) {
    return with(
        new BeamSettings(
            beams.numBeams(), beams.lengthPenalty(), value, beams.numReturnSequences()));
  }

  /** Returns this decoding with another {@link BeamSettings#numReturnSequences()}. */
  public Decoding withNumReturnSequences(int value) {
    return with(
        new BeamSettings(beams.numBeams(), beams.lengthPenalty(), beams.earlyStopping(), value));
  }

  /** Returns this decoding with or without {@link SamplingSettings#doSample()}. */
  public Decoding withDoSample(boolean value) {
    return with(sampling.withDoSample(value));
  }

  /** Returns this decoding with another {@link SamplingSettings#temperature()}. */
  public Decoding withTemperature(double value) {
    return with(sampling.withTemperature(value));
  }

  /** Returns this decoding with another {@link SamplingSettings#topK()}. */
  public Decoding withTopK(int value) {
    return with(sampling.withTopK(value));
  }

  /** Returns this decoding with another {@link SamplingSettings#topP()}. */
  public Decoding withTopP(double value) {
    return with(sampling.withTopP(value));
  }

  /** Returns this decoding with another {@link SamplingSettings#minP()}. */
  public Decoding withMinP(double value) {
    return with(sampling.withMinP(value));
  }

  /** Returns this decoding with another {@link SamplingSettings#typicalP()}. */
  public Decoding withTypicalP(double value) {
    return with(sampling.withTypicalP(value));
  }

  /** Returns this decoding with another {@link SamplingSettings#seed()}. */
  public Decoding withSeed(long value) {
    return with(sampling.withSeed(value));
  }

  /** Returns this decoding with another {@link LengthSettings#minLength()}. */
  public Decoding withMinLength(int value) {
    return with(new LengthSettings(value, lengths.minNewTokens()));
  }

  /** Returns this decoding with another {@link LengthSettings#minNewTokens()}. */
  public Decoding withMinNewTokens(int value) {
    return with(new LengthSettings(lengths.minLength(), value));
  }

  /** Returns this decoding with another {@link RepetitionSettings#repetitionPenalty()}. */
  public Decoding withRepetitionPenalty(double value) {
    return with(
        new RepetitionSettings(
            value, repetition.noRepeatNgramSize(), repetition.encoderNoRepeatNgramSize()));
  }

  /** Returns this decoding with another {@link RepetitionSettings#noRepeatNgramSize()}. */
  public Decoding withNoRepeatNgramSize(int value) {
    return with(
        new RepetitionSettings(
            repetition.repetitionPenalty(), value, repetition.encoderNoRepeatNgramSize()));
  }

  /** Returns this decoding with another {@link RepetitionSettings#encoderNoRepeatNgramSize()}. */
  public Decoding withEncoderNoRepeatNgramSize(int value) {
    return with(
        new RepetitionSettings(
            repetition.repetitionPenalty(), repetition.noRepeatNgramSize(), value));
  }

  /** Returns this decoding with other {@link TokenSettings}. */
  public Decoding withTokens(TokenSettings value) {
    return with(value);
  }

  /** Returns this decoding with other {@link TokenSettings#badWordsIds()}. */
  public Decoding withBadWordsIds(List<List<Integer>> value) {
    return with(
        new TokenSettings(
            value,
            tokens.forcedBosTokenId(),
            tokens.forcedEosTokenIds(),
            tokens.suppressTokens(),
            tokens.beginSuppressTokens()));
  }

  /** Returns this decoding with another {@link TokenSettings#forcedBosTokenId()}. */
  public Decoding withForcedBosTokenId(int value) {
    return with(
        new TokenSettings(
            tokens.badWordsIds(),
            value,
            tokens.forcedEosTokenIds(),
            tokens.suppressTokens(),
            tokens.beginSuppressTokens()));
  }

  /** Returns this decoding with other {@link TokenSettings#forcedEosTokenIds()}. */
  public Decoding withForcedEosTokenIds(List<Integer> value) {
    return with(
        new TokenSettings(
            tokens.badWordsIds(),
            tokens.forcedBosTokenId(),
            value,
            tokens.suppressTokens(),
            tokens.beginSuppressTokens()));
  }

  /** Returns this decoding with other {@link TokenSettings#suppressTokens()}. */
  public Decoding withSuppressTokens(List<Integer> value) {
    return with(
        new TokenSettings(
            tokens.badWordsIds(),
            tokens.forcedBosTokenId(),
            tokens.forcedEosTokenIds(),
            value,
            tokens.beginSuppressTokens()));
  }

  /** Returns this decoding with other {@link TokenSettings#beginSuppressTokens()}. */
  public Decoding withBeginSuppressTokens(List<Integer> value) {
    return with(
        new TokenSettings(
            tokens.badWordsIds(),
            tokens.forcedBosTokenId(),
            tokens.forcedEosTokenIds(),
            tokens.suppressTokens(),
            value));
  }

  /** Returns this decoding with other {@link #labels()}. */
  public Decoding withLabels(List<String> value) {
    return new Decoding(beams, sampling, lengths, repetition, tokens, value);
  }
}
