package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How a {@link TextModel} turns inputs into outputs.
 *
 * @param maxSourceTokens input tokens after which an input is cut, end-of-sequence included;
 *     default 512
 * @param maxNewTokens tokens generated at most, end-of-sequence included; default 64
 * @param batchSize inputs that go through the model at once at most; default 16
 * @param tokenBudget tokens that go through the model at once at most, which is what bounds its
 *     memory: the inputs of a batch, padded to the longest, and all that may be generated for them,
 *     once for each beam. An input that needs more goes alone. Default {@value
 *     #DEFAULT_TOKEN_BUDGET}, which is more than a batch without beams needs by default
 */
public record GenerationSettings(
    int maxSourceTokens, int maxNewTokens, int batchSize, int tokenBudget) {

  private static final int DEFAULT_TOKEN_BUDGET = 16_384;

  /** Checks that every value is at least 1. */
  public GenerationSettings {
    checkArgument(
        maxSourceTokens >= 1, "max source tokens must be at least 1 but was %s", maxSourceTokens);
    checkArgument(maxNewTokens >= 1, "max new tokens must be at least 1 but was %s", maxNewTokens);
    checkArgument(batchSize >= 1, "batch size must be at least 1 but was %s", batchSize);
    checkArgument(tokenBudget >= 1, "token budget must be at least 1 but was %s", tokenBudget);
  }

  /** Makes settings with the default token budget. */
  public GenerationSettings(int maxSourceTokens, int maxNewTokens, int batchSize) {
    this(maxSourceTokens, maxNewTokens, batchSize, DEFAULT_TOKEN_BUDGET);
  }

  /** Returns the defaults. */
  public static GenerationSettings defaults() {
    return new GenerationSettings(512, 64, 16);
  }

  /** Returns these settings with another limit of input tokens. */
  public GenerationSettings withMaxSourceTokens(int value) {
    return new GenerationSettings(value, maxNewTokens, batchSize, tokenBudget);
  }

  /** Returns these settings with another limit of generated tokens. */
  public GenerationSettings withMaxNewTokens(int value) {
    return new GenerationSettings(maxSourceTokens, value, batchSize, tokenBudget);
  }

  /** Returns these settings with another batch size. */
  public GenerationSettings withBatchSize(int value) {
    return new GenerationSettings(maxSourceTokens, maxNewTokens, value, tokenBudget);
  }

  /** Returns these settings with another token budget. */
  public GenerationSettings withTokenBudget(int value) {
    return new GenerationSettings(maxSourceTokens, maxNewTokens, batchSize, value);
  }
}
