package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.scoring.Decoding;
import io.refract.train.generation.GenerationConfig;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to search for.
 *
 * @param config start, end and padding tokens
 * @param decoding how tokens are decided for
 * @param maxNewTokens tokens generated at most, the end token included
 * @param labels the labels of the decoding as tokens; null when it has none
 * @param scored whether hypotheses get scores, which costs a little
 * @param observer what watches
 */
public record SearchRequest(
    GenerationConfig config,
    Decoding decoding,
    int maxNewTokens,
    @Nullable LabelTrie labels,
    boolean scored,
    SearchObserver observer) {

  /** Checks that the options fit together. */
  public SearchRequest {
    checkArgument(maxNewTokens >= 1, "max new tokens must be at least 1 but was %s", maxNewTokens);
    decoding.requireConsistent();
    checkArgument(
        (labels == null) == decoding.labels().isEmpty(),
        "a search needs the labels of the decoding as tokens");
    checkArgument(
        labels == null || labels.longest() <= maxNewTokens,
        "a label has more tokens than the %s that may be generated; raise max_new_tokens",
        maxNewTokens);
    checkArgument(
        labels == null || config.eosTokenIds().contains(labels.end()),
        "labels end with token %s, but the model ends with one of %s",
        labels == null ? null : labels.end(),
        config.eosTokenIds());
    requireReportable(decoding, observer.wantsTokens());
  }

  /** Checks that single tokens can be reported, where that is wanted. */
  public static void requireReportable(Decoding decoding, boolean wanted) {
    checkArgument(
        !wanted || decoding.beams().numBeams() == 1,
        "beam search cannot report single tokens, because it may still take them back: set num_beams to 1 or listen to nothing");
  }

  /** Returns a request without labels, scores and observer. */
  public static SearchRequest of(GenerationConfig config, Decoding decoding, int maxNewTokens) {
    return new SearchRequest(config, decoding, maxNewTokens, null, false, SearchObserver.NONE);
  }

  /**
   * Returns a request with the labels of its decoding as tokens.
   *
   * @param encode gives the tokens of a label, an end token last
   */
  public static SearchRequest of(
      GenerationConfig config,
      Decoding decoding,
      int maxNewTokens,
      Function<String, int[]> encode,
      boolean scored,
      SearchObserver observer) {
    LabelTrie labels = decoding.labels().isEmpty() ? null : LabelTrie.of(decoding.labels(), encode);
    return new SearchRequest(config, decoding, maxNewTokens, labels, scored, observer);
  }

  /** Returns whether a token ends a sequence. */
  boolean ends(int token) {
    List<Integer> ends = config.eosTokenIds();
    return ends.size() == 1 ? ends.get(0) == token : ends.contains(token);
  }
}
