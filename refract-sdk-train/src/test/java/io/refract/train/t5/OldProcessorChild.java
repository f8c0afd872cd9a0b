package io.refract.train.t5;

import io.refract.scoring.GenerationSettings;
import io.refract.scoring.WeightFormat;
import java.nio.file.Path;
import java.util.List;

/** What {@link OldProcessorTest} runs in a JVM of its own. */
final class OldProcessorChild {

  private OldProcessorChild() {}

  /**
   * Scores in all formats, and prints what each gave.
   *
   * @param arguments the directory of a tokenizer
   */
  public static void main(String[] arguments) {
    GenerationSettings settings = new GenerationSettings(16, 4, 4);
    try (T5Model model = GeneratingChild.model(Path.of(arguments[0]))) {
      for (WeightFormat format : WeightFormat.values()) {
        try {
          int outputs = model.scoreIn(format).generate(List.of("a card", "b"), settings).size();
          System.out.println(format + ": " + outputs + " outputs");
        } catch (RuntimeException e) {
          System.out.println(format + ": " + e);
        }
      }
    }
  }
}
