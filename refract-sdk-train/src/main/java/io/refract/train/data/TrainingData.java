package io.refract.train.data;

import io.refract.progress.ProgressListener;
import io.refract.provenance.DatasetProvenance;
import io.refract.train.tokenization.T5Tokenizer;

/**
 * What a model can learn from.
 *
 * <p>Implementations are thread-safe.
 */
public interface TrainingData {

  /**
   * Turns the examples into token ids.
   *
   * @param tokenizer the tokenizer of the model
   * @param taskPrefix what stands in front of each source; may be empty
   * @param maxSourceTokens the longest source in tokens, prefix and end token included
   * @param maxTargetTokens the longest target in tokens, end token included
   * @param progress hears how many examples are encoded
   */
  EncodedExamples encode(
      T5Tokenizer tokenizer,
      String taskPrefix,
      int maxSourceTokens,
      int maxTargetTokens,
      ProgressListener progress);

  /** Returns which data these are. */
  DatasetProvenance provenance();
}
