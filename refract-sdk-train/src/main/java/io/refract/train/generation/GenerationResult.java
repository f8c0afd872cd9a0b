package io.refract.train.generation;

import java.util.List;

/**
 * What a generation gave that could be cancelled.
 *
 * @param texts the sequences of all inputs that were finished, in the order of the inputs
 * @param unfinished the inputs that were not finished when the generation was cancelled, ascending;
 *     empty when it went to its end
 */
public record GenerationResult(List<GeneratedText> texts, List<Integer> unfinished) {

  /** Copies the lists. */
  public GenerationResult {
    texts = List.copyOf(texts);
    unfinished = List.copyOf(unfinished);
  }

  /** Returns whether inputs are missing. */
  public boolean isCancelled() {
    return !unfinished.isEmpty();
  }
}
