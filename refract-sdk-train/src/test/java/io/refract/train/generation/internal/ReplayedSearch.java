package io.refract.train.generation.internal;

import ai.djl.ndarray.NDManager;
import java.util.List;

/** Searches without chance, for tests that compare with what transformers drew. */
public final class ReplayedSearch {

  private ReplayedSearch() {}

  /** Hears of the scores that a token was drawn from, and says which one it was. */
  @FunctionalInterface
  public interface Draws {

    /** Returns the token that was drawn for a sequence, which has {@code step} tokens so far. */
    int draw(int sequence, int step, float[] scores, int offset, int vocabulary);
  }

  /** Samples, the draws given. */
  public static List<List<Hypothesis>> sample(
      NDManager scope,
      StepDecoder decoder,
      SearchSources sources,
      SearchRequest request,
      Draws draws) {
    RowSearch.Choosers choosers =
        (key, sequence) -> {
          int[] step = new int[1];
          return (scores, offset, vocabulary) ->
              draws.draw(sequence, step[0]++, scores, offset, vocabulary);
        };
    return new RowSearch(scope, decoder, sources, request, choosers).run();
  }

  /** Samples beams, the likeliest candidates always drawn. */
  public static List<List<Hypothesis>> likeliestBeams(
      NDManager scope, StepDecoder decoder, SearchSources sources, SearchRequest request) {
    return new BeamSearch(scope, decoder, sources, request, key -> () -> 0).run();
  }
}
