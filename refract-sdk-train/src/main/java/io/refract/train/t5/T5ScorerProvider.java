package io.refract.train.t5;

import io.refract.scoring.ScorerProvider;
import io.refract.scoring.ScoringException;
import io.refract.scoring.TextModel;
import io.refract.scoring.WeightFormat;
import java.nio.file.Path;

/** Opens the T5 models of a registry. */
public final class T5ScorerProvider implements ScorerProvider {

  /** Creates the provider; {@link java.util.ServiceLoader} does. */
  public T5ScorerProvider() {}

  @Override
  public String format() {
    return T5Model.FORMAT;
  }

  @Override
  public TextModel open(Path directory, WeightFormat format) {
    try {
      T5Model model = T5Model.load(directory, LoadOptions.forScoring());
      try {
        return model.scoreIn(format);
      } catch (RuntimeException e) {
        model.close();
        throw e;
      }
    } catch (RuntimeException e) {
      throw new ScoringException(
          "cannot open the model in %s: %s".formatted(directory, e.getMessage()), e);
    }
  }
}
