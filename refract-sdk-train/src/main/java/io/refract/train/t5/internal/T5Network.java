package io.refract.train.t5.internal;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.Batch;
import io.refract.train.device.ComputeDevice;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.optim.Objective;
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
   * Runs the encoder over one source a row.
   *
   * @param scope what the results are attached to
   * @param inputIds token ids, B x S, row-major
   * @param attentionMask 1 for a real token and 0 for padding, B x S
   * @param rows B
   * @param dropout the dropout
   * @throws IllegalArgumentException if an array has another size, or an id lies outside of the
   *     vocabulary
   */
  EncoderOutput encode(
      NDManager scope, long[] inputIds, long[] attentionMask, int rows, Dropout dropout);

  /** Runs the encoder over the sources of a batch. */
  EncoderOutput encode(NDManager scope, Batch batch, Dropout dropout);

  /**
   * Returns the scores of every token at every target position, each computed from the real targets
   * before it.
   *
   * @param encoded the sources of the batch
   * @param batch the labels
   * @param dropout the dropout
   * @return logits, B x T x V
   */
  NDArray logits(EncoderOutput encoded, Batch batch, Dropout dropout);

  /**
   * Returns the sum of the losses of all labels that are not ignored.
   *
   * @param encoded the sources of the batch
   * @param batch the labels
   * @param dropout the dropout
   * @param objective the loss of one token
   * @return a scalar, in nats
   * @throws IllegalArgumentException if all labels are ignored
   */
  NDArray lossSum(EncoderOutput encoded, Batch batch, Dropout dropout, Objective objective);

  /** Returns the sum of the losses of all real target tokens of a batch. */
  default NDArray lossSum(NDManager scope, Batch batch, Dropout dropout, Objective objective) {
    return lossSum(encode(scope, batch, dropout), batch, dropout, objective);
  }

  /**
   * Computes the sum of the losses of a batch, and adds its gradients to those of the parameters.
   *
   * @param scope what every array is attached to
   * @param batch the examples
   * @param dropout the dropout
   * @param objective the loss of one token
   * @return a scalar, in nats; reading it waits for the device
   */
  NDArray backward(NDManager scope, Batch batch, Dropout dropout, Objective objective);

  /**
   * Returns a decoder that takes one token at a time.
   *
   * @param encoded the sources, one a row
   * @param maxTokens tokens taken at most
   * @return the decoder; the caller closes it
   */
  StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens);

  /**
   * Returns a network over the same parameters that computes in another way.
   *
   * @param execution how it computes
   */
  T5Network with(Execution execution);

  /**
   * Returns a network over copies of the parameters, under a manager of its own, which the caller
   * closes.
   *
   * @param device where the copies are
   * @throws IllegalArgumentException if there is no such device
   */
  T5Network copyTo(ComputeDevice device);
}
