package io.refract.train.t5;

import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.Hypothesis;
import io.refract.train.generation.internal.HypothesisTexts;
import io.refract.train.generation.internal.SearchObserver;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.t5.internal.ScoringNetwork;
import io.refract.train.tokenization.T5Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Generates texts with a model: the decoding, which the checkpoint may give, and labels as tokens.
 *
 * @param network what computes
 * @param config its dimensions
 * @param generationConfig its special tokens, and the decoding where the caller gives none
 * @param tokenizer its tokenizer
 */
record ModelSearch(
    ScoringNetwork network,
    T5Config config,
    GenerationConfig generationConfig,
    T5Tokenizer tokenizer) {

  /** Returns the best text of each input. */
  List<String> best(List<String> inputs, GenerationSettings settings) {
    List<int[]> sources = tokenizer.encodeAll(inputs, settings.maxSourceTokens());
    SearchRequest request = single(settings);
    List<Hypothesis> best = firsts(search(sources, settings, request));
    return List.copyOf(HypothesisTexts.of(tokenizer, request.labels(), best));
  }

  /** Returns the best ids of each source. */
  List<int[]> bestIds(List<int[]> sources, GenerationSettings settings) {
    return firsts(search(sources, settings, single(settings))).stream()
        .map(Hypothesis::ids)
        .toList();
  }

  private static List<Hypothesis> firsts(List<List<Hypothesis>> found) {
    List<Hypothesis> firsts = new ArrayList<>(found.size());
    found.forEach(hypotheses -> firsts.add(hypotheses.get(0)));
    return firsts;
  }

  /** Returns a request for one sequence of each source. */
  private SearchRequest single(GenerationSettings settings) {
    Decoding decoding = decoding(settings).withNumReturnSequences(1);
    return request(settings.withDecoding(decoding), false, SearchObserver.NONE);
  }

  private Decoding decoding(GenerationSettings settings) {
    Decoding given = settings.decoding();
    return given == null ? generationConfig.decoding() : given;
  }

  /** Returns what to search for. */
  SearchRequest request(GenerationSettings settings, boolean scored, SearchObserver observer) {
    return SearchRequest.of(
        generationConfig,
        decoding(settings),
        settings.maxNewTokens(),
        label -> tokenizer.encode(label, Integer.MAX_VALUE),
        scored,
        observer);
  }

  /** Returns all sequences of each source. */
  List<List<Hypothesis>> search(
      List<int[]> sources, GenerationSettings settings, SearchRequest request) {
    return new BatchGeneration(network, config).generate(sources, settings, request);
  }
}
