package io.refract.train.t5;

import io.refract.scoring.ScorerProvider;
import io.refract.scoring.TextModel;
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
  public TextModel open(Path directory) {
    return T5Model.load(directory, LoadOptions.forScoring());
  }
}
