package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that must or must not occur. All are ids; that they are in the vocabulary is checked when
 * a model generates.
 *
 * @param badWordsIds token sequences that never occur in an output; default none. As in
 *     transformers, an end token alone is ignored, and a sequence of n tokens is first excluded
 *     when the output, start token included, has n
 * @param forcedBosTokenId the first generated token, or null, the default
 * @param forcedEosTokenIds of these is the last token when an output reaches the most tokens
 *     allowed; default none
 * @param suppressTokens tokens that never occur; default none
 * @param beginSuppressTokens tokens that are not the first one, after forcedBosTokenId when that is
 *     given; default none
 */
public record TokenSettings(
    List<List<Integer>> badWordsIds,
    @Nullable Integer forcedBosTokenId,
    List<Integer> forcedEosTokenIds,
    List<Integer> suppressTokens,
    List<Integer> beginSuppressTokens) {

  static final TokenSettings DEFAULTS =
      new TokenSettings(List.of(), null, List.of(), List.of(), List.of());

  /** Copies the lists and checks that no id is negative. */
  public TokenSettings {
    badWordsIds = badWordsIds.stream().map(List::copyOf).collect(ImmutableList.toImmutableList());
    for (List<Integer> word : badWordsIds) {
      checkArgument(!word.isEmpty(), "bad_words_ids must not have an empty sequence");
      checkIds("bad_words_ids", word);
    }
    checkIds(
        "forced_bos_token_id", forcedBosTokenId == null ? List.of() : List.of(forcedBosTokenId));
    forcedEosTokenIds = checkIds("forced_eos_token_id", forcedEosTokenIds);
    suppressTokens = checkIds("suppress_tokens", suppressTokens);
    beginSuppressTokens = checkIds("begin_suppress_tokens", beginSuppressTokens);
  }

  private static List<Integer> checkIds(String name, List<Integer> ids) {
    for (int id : ids) {
      checkArgument(id >= 0, "%s must not be negative but has %s", name, id);
    }
    return List.copyOf(ids);
  }
}
