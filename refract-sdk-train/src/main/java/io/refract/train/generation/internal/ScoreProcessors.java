package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.scoring.Decoding;
import io.refract.scoring.LengthSettings;
import io.refract.scoring.RepetitionSettings;
import io.refract.scoring.SamplingSettings;
import io.refract.scoring.TokenSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The processors that a decoding needs, in the order of transformers.
 *
 * <p>Source: {@code GenerationMixin._get_logits_processor} of transformers 4.57.6.
 */
final class ScoreProcessors {

  private ScoreProcessors() {}

  /** Returns the processors; without any, the engine can decide alone. */
  static List<ScoreProcessor> of(SearchRequest request, List<int[]> sources) {
    List<ScoreProcessor> all = new ArrayList<>();
    Decoding decoding = request.decoding();
    addRepetition(all, decoding.repetition(), sources);
    addTokens(all, request);
    if (decoding.sampling().doSample()) {
      int kept = decoding.beams().numBeams() > 1 ? request.config().eosTokenIds().size() + 1 : 1;
      addWarpers(all, decoding.sampling(), kept);
    }
    return List.copyOf(all);
  }

  private static void addRepetition(
      List<ScoreProcessor> all, RepetitionSettings settings, List<int[]> sources) {
    if (settings.repetitionPenalty() != 1) {
      all.add(RepetitionRules.penalty((float) settings.repetitionPenalty()));
    }
    if (settings.noRepeatNgramSize() > 0) {
      all.add(RepetitionRules.noRepeat(settings.noRepeatNgramSize()));
    }
    if (settings.encoderNoRepeatNgramSize() > 0) {
      all.add(RepetitionRules.noRepeatOf(sources, settings.encoderNoRepeatNgramSize()));
    }
  }

  private static void addTokens(List<ScoreProcessor> all, SearchRequest request) {
    TokenSettings tokens = request.decoding().tokens();
    List<Integer> ends = request.config().eosTokenIds();
    if (!tokens.badWordsIds().isEmpty()) {
      all.add(TokenRules.badWords(tokens.badWordsIds(), ends));
    }
    LengthSettings lengths = request.decoding().lengths();
    // As in transformers, min_new_tokens takes the place of min_length.
    int shortest = lengths.minNewTokens() > 0 ? lengths.minNewTokens() + 1 : lengths.minLength();
    if (shortest > 0) {
      all.add(TokenRules.minLength(shortest, ends));
    }
    LabelTrie labels = request.labels();
    if (labels != null) {
      all.add(labels::process);
    }
    Integer first = tokens.forcedBosTokenId();
    if (first != null) {
      all.add(TokenRules.forced(1, List.of(first)));
    }
    if (!tokens.forcedEosTokenIds().isEmpty()) {
      all.add(TokenRules.forced(request.maxNewTokens(), tokens.forcedEosTokenIds()));
    }
    if (!tokens.suppressTokens().isEmpty()) {
      all.add(TokenRules.suppress(tokens.suppressTokens()));
    }
    if (!tokens.beginSuppressTokens().isEmpty()) {
      all.add(TokenRules.suppressAt(first == null ? 1 : 2, tokens.beginSuppressTokens()));
    }
  }

  private static void addWarpers(
      List<ScoreProcessor> all, SamplingSettings sampling, int minTokensToKeep) {
    if (sampling.temperature() != 1) {
      all.add(Warpers.temperature((float) sampling.temperature()));
    }
    if (sampling.topK() > 0) {
      all.add(Warpers.topK(Math.max(sampling.topK(), minTokensToKeep)));
    }
    if (sampling.topP() < 1) {
      all.add(Warpers.topP(sampling.topP(), minTokensToKeep));
    }
    if (sampling.minP() > 0) {
      all.add(Warpers.minP(sampling.minP(), minTokensToKeep));
    }
    if (sampling.typicalP() < 1) {
      all.add(Warpers.typicalP(sampling.typicalP(), minTokensToKeep));
    }
  }

  /** Says that no token is left to go on with. */
  static IllegalStateException nothingLeft() {
    return new IllegalStateException(
        "cannot go on with a sequence: the rules of the decoding exclude every token; ask for fewer of them");
  }

  /** Checks the ids of a decoding. */
  static void requireWithin(TokenSettings tokens, int vocabulary) {
    List<Integer> ids = new ArrayList<>();
    tokens.badWordsIds().forEach(ids::addAll);
    ids.addAll(tokens.forcedEosTokenIds());
    ids.addAll(tokens.suppressTokens());
    ids.addAll(tokens.beginSuppressTokens());
    Integer first = tokens.forcedBosTokenId();
    if (first != null) {
      ids.add(first);
    }
    for (int id : ids) {
      checkArgument(
          id < vocabulary,
          "the decoding names token %s, but the model has only %s tokens",
          id,
          vocabulary);
    }
  }
}
