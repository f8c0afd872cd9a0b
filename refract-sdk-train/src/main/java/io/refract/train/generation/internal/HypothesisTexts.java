package io.refract.train.generation.internal;

import io.refract.train.tokenization.T5Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The texts of sequences. */
public final class HypothesisTexts {

  private HypothesisTexts() {}

  /**
   * Returns the text of each sequence; with labels, exactly as the label was given.
   *
   * @param labels the labels that were searched, or null
   */
  public static List<String> of(
      T5Tokenizer tokenizer, @Nullable LabelTrie labels, List<Hypothesis> hypotheses) {
    List<String> texts =
        new ArrayList<>(tokenizer.decodeAll(hypotheses.stream().map(Hypothesis::ids).toList()));
    if (labels != null) {
      for (int i = 0; i < texts.size(); i++) {
        String label = labels.label(hypotheses.get(i).tokens());
        if (label == null) {
          throw new IllegalStateException(
              "generated '%s', which is none of the labels".formatted(texts.get(i)));
        }
        texts.set(i, label);
      }
    }
    return texts;
  }
}
