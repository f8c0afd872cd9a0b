package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How a {@link TextModel} turns inputs into outputs.
 *
 * @param maxSourceTokens input tokens after which an input is cut, end-of-sequence included;
 *     default 512
 * @param maxNewTokens tokens generated at most, end-of-sequence included, up to {@value
 *     #MOST_NEW_TOKENS}, because every position has its place in memory from the beginning; default
 *     64
 * @param batchSize inputs that go through the model at once at most; default 16
 * @param tokenBudget tokens that go through the model at once at most, which is what bounds its
 *     memory: the inputs of a batch, padded to the longest, and all that may be generated for them,
 *     once for each beam. An input that needs more goes alone. Default {@value
 *     #DEFAULT_TOKEN_BUDGET}, which is more than a batch without beams needs by default
 * @param decoding how tokens are decided for; null, the default, for what the model's checkpoint
 *     says in {@code generation_config.json}, which is greedy search when it says nothing. A
 *     decoding that is given counts as a whole: nothing of the checkpoint is mixed in
 */
public record GenerationSettings(
    int maxSourceTokens,
    int maxNewTokens,
    int batchSize,
    int tokenBudget,
    @Nullable Decoding decoding) {

  private static final int DEFAULT_TOKEN_BUDGET = 16_384;

  /** The most tokens that can be asked for, see {@link #maxNewTokens()}. */
  public static final int MOST_NEW_TOKENS = 1_000_000;

  /** Checks that every number is at least 1, and that of new tokens not too large. */
  public GenerationSettings {
    checkArgument(
        maxSourceTokens >= 1, "max source tokens must be at least 1 but was %s", maxSourceTokens);
    checkArgument(maxNewTokens >= 1, "max new tokens must be at least 1 but was %s", maxNewTokens);
    checkArgument(
        maxNewTokens <= MOST_NEW_TOKENS,
        "max new tokens must be at most %s but was %s",
        MOST_NEW_TOKENS,
        maxNewTokens);
    checkArgument(batchSize >= 1, "batch size must be at least 1 but was %s", batchSize);
    checkArgument(tokenBudget >= 1, "token budget must be at least 1 but was %s", tokenBudget);
  }

  /** Makes settings with the default token budget, which leave the decoding to the checkpoint. */
  public GenerationSettings(int maxSourceTokens, int maxNewTokens, int batchSize) {
    this(maxSourceTokens, maxNewTokens, batchSize, DEFAULT_TOKEN_BUDGET, null);
  }

  /** Returns the defaults. */
  public static GenerationSettings defaults() {
    return new GenerationSettings(512, 64, 16);
  }

  /** Returns these settings with another limit of input tokens. */
  public GenerationSettings withMaxSourceTokens(int value) {
    return new GenerationSettings(value, maxNewTokens, batchSize, tokenBudget, decoding);
  }

  /** Returns these settings with another limit of generated tokens. */
  public GenerationSettings withMaxNewTokens(int value) {
    return new GenerationSettings(maxSourceTokens, value, batchSize, tokenBudget, decoding);
  }

  /** Returns these settings with another batch size. */
  public GenerationSettings withBatchSize(int value) {
    return new GenerationSettings(maxSourceTokens, maxNewTokens, value, tokenBudget, decoding);
  }

  /** Returns these settings with another token budget. */
  public GenerationSettings withTokenBudget(int value) {
    return new GenerationSettings(maxSourceTokens, maxNewTokens, batchSize, value, decoding);
  }

  /** Returns these settings with a decoding in place of the checkpoint's. */
  public GenerationSettings withDecoding(Decoding value) {
    return new GenerationSettings(
        maxSourceTokens, maxNewTokens, batchSize, tokenBudget, requireNonNull(value, "decoding"));
  }
}
