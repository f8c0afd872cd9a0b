package io.refract.train.generation.internal;

import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Generates sequences over a {@link StepDecoder}, as {@code generate()} of transformers 4.50 and
 * later does. Rows that have ended are taken out of the decoder at once.
 */
public final class Search {

  private Search() {}

  /**
   * Searches.
   *
   * @param scope what a scope per step is opened under
   * @param decoder a decoder that has taken no token yet, with a row for each source, good for
   *     {@code maxNewTokens} tokens; the caller closes it
   * @param sources the sources of the rows
   * @param request what to search for
   * @return the sequences of each source, the best first; of a source that was not finished when
   *     the observer cancelled, none
   * @throws IllegalArgumentException if the request names a token that the model does not have
   */
  public static List<List<Hypothesis>> run(
      NDManager scope, StepDecoder decoder, SearchSources sources, SearchRequest request) {
    return request.decoding().beams().numBeams() > 1
        ? new BeamSearch(scope, decoder, sources, request).run()
        : new RowSearch(scope, decoder, sources, request).run();
  }
}
