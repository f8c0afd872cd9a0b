package io.refract.train.data;

import static java.util.Objects.requireNonNull;

/**
 * One pair of texts to learn from.
 *
 * @param source the text that goes into the encoder, without a task prefix
 * @param target the text that the model shall write; empty when it is not known
 */
public record Example(String source, String target) {

  /** Checks that both texts are there. */
  public Example {
    requireNonNull(source, "source");
    requireNonNull(target, "target");
  }
}
