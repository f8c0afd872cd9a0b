package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How a {@link TextModel} turns inputs into outputs.
 *
 * @param maxSourceTokens input tokens after which an input is cut, end-of-sequence included;
 *     default 512
 * @param maxNewTokens tokens generated at most, end-of-sequence included; default 64
 * @param batchSize inputs that go through the model at once; default 16
 */
public record GenerationSettings(int maxSourceTokens, int maxNewTokens, int batchSize) {

  /** Checks that every value is at least 1. */
  public GenerationSettings {
    checkArgument(
        maxSourceTokens >= 1, "max source tokens must be at least 1 but was %s", maxSourceTokens);
    checkArgument(maxNewTokens >= 1, "max new tokens must be at least 1 but was %s", maxNewTokens);
    checkArgument(batchSize >= 1, "batch size must be at least 1 but was %s", batchSize);
  }

  /** Returns the defaults. */
  public static GenerationSettings defaults() {
    return new GenerationSettings(512, 64, 16);
  }

  /** Returns these settings with another limit of input tokens. */
  public GenerationSettings withMaxSourceTokens(int value) {
    return new GenerationSettings(value, maxNewTokens, batchSize);
  }

  /** Returns these settings with another limit of generated tokens. */
  public GenerationSettings withMaxNewTokens(int value) {
    return new GenerationSettings(maxSourceTokens, value, batchSize);
  }

  /** Returns these settings with another batch size. */
  public GenerationSettings withBatchSize(int value) {
    return new GenerationSettings(maxSourceTokens, maxNewTokens, value);
  }
}
