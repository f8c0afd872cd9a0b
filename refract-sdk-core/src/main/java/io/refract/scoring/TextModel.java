package io.refract.scoring;

import java.util.List;
import java.util.stream.Stream;

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

  /**
   * Generates one output for each input of a stream, however long it is: a bounded window of the
   * inputs is in memory at once, and is sorted by length as a whole.
   *
   * @param inputs the complete inputs, task prefix included; closed with the outputs
   * @param settings limits and batch size
   * @return the outputs, in the order of the inputs; they are generated as they are asked for, so
   *     the model must stay open until then
   */
  default Stream<String> generate(Stream<String> inputs, GenerationSettings settings) {
    return Windows.map(inputs, window -> generate(window, settings));
  }

  /** Frees what the model holds; a second call does nothing. */
  @Override
  void close();
}
