package io.refract.scoring;

import java.util.List;

/**
 * A text-to-text model as a {@link ScoreFunction} sees it. Implementations are thread-safe; whoever
 * opens one closes it.
 */
public interface TextModel extends AutoCloseable {

  /**
   * Generates one output for each input.
   *
   * @param inputs the complete inputs, task prefix included
   * @param settings limits, batch size and decoding; of several sequences for an input, the best is
   *     the output
   * @return the outputs, in the order of the inputs, special tokens removed
   */
  List<String> generate(List<String> inputs, GenerationSettings settings);

  /** Frees what the model holds; a second call does nothing. */
  @Override
  void close();
}
