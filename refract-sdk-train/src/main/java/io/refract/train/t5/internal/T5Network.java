package io.refract.train.t5.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.Batch;
import io.refract.train.generation.internal.StepDecoder;
import java.util.Map;

/**
 * The arithmetic of a T5, behind which an implementation is free in how it calls the engine.
 *
 * <p>Whether a graph for gradients is recorded depends on the grad mode of the calling thread, see
 * {@link GradMode}. Results belong to the manager that is given. Several threads may compute at
 * once as long as nobody changes the parameters.
 *
 * <p>Dimension letters: B sources, S their length, T target length, D model, V vocabulary.
 */
public interface T5Network {

  /** Returns the manager that the trainable parameters belong to. */
  NDManager manager();

  /**
   * Returns the parameters by their Hugging Face names, in the order of Hugging Face's {@code
   * named_parameters()}: 32-bit floats, each once, so that a tied output layer is left out.
   */
  Map<String, NDArray> parameters();

  /**
   * Returns the parameters that learn, by name and in a fixed order: all of {@link #parameters()},
   * or with an adapter those of the adapter only, named as in {@code peft}'s file.
   */
  default Map<String, NDArray> trainableParameters() {
    return parameters();
  }

  /**
   * Runs the encoder.
   *
   * @param scope what the results are attached to
   * @param inputIds token ids, B x S, row-major
   * @param attentionMask 1 for a real token and 0 for padding, B x S
   * @param rows B
   * @param training whether dropout is on
   * @throws IllegalArgumentException if an array has another size, or an id lies outside of the
   *     vocabulary
   */
  EncoderOutput encode(
      NDManager scope, long[] inputIds, long[] attentionMask, int rows, boolean training);

  /** Runs the encoder over the sources of a batch. */
  default EncoderOutput encode(NDManager scope, Batch batch, boolean training) {
    return encode(scope, batch.inputIds(), batch.attentionMask(), batch.rows(), training);
  }

  /**
   * Returns the scores of every token at every target position, each computed from the real targets
   * before it.
   *
   * @param encoded the sources
   * @param labels token ids, B x T, row-major; ignored positions are {@link Batch#IGNORED}
   * @param training whether dropout is on
   * @return logits, B x T x V
   */
  NDArray logits(EncoderOutput encoded, long[] labels, boolean training);

  /**
   * Returns the sum of the cross entropies of all labels that are not ignored.
   *
   * @param encoded the sources
   * @param labels token ids, B x T, row-major; ignored positions are {@link Batch#IGNORED}
   * @param training whether dropout is on
   * @return a scalar, in nats
   * @throws IllegalArgumentException if all labels are ignored
   */
  NDArray lossSum(EncoderOutput encoded, long[] labels, boolean training);

  /**
   * Returns the sum of the cross entropies of all real target tokens of a batch.
   *
   * @param step what every array is attached to
   * @param batch the examples
   * @param training whether dropout is on
   * @return a scalar, in nats
   */
  default NDArray lossSum(NDManager step, Batch batch, boolean training) {
    return lossSum(encode(step, batch, training), batch.labels(), training);
  }

  /**
   * Returns a decoder that takes one token at a time.
   *
   * @param encoded the sources
   * @param maxTokens tokens taken at most
   * @return the decoder; the caller closes it
   */
  StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens);

  /** Makes backward passes accumulate gradients in what learns, or stops that. */
  default void requireGradients(boolean required) {
    trainableParameters().values().forEach(parameter -> parameter.setRequiresGradient(required));
  }

  /**
   * Returns a network over the same parameters with another dropout probability.
   *
   * @param rate 0 or more, below 1
   */
  T5Network withDropout(double rate);
}
