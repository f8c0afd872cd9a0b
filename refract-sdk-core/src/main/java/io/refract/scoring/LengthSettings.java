package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How many tokens a sequence has at least; {@link GenerationSettings#maxNewTokens()} is the other
 * end.
 *
 * @param minLength tokens before an end token is allowed, the start token counted; default 0
 * @param minNewTokens generated tokens before an end token is allowed, in place of minLength when
 *     above 0; default 0
 */
public record LengthSettings(int minLength, int minNewTokens) {

  static final LengthSettings DEFAULTS = new LengthSettings(0, 0);

  /** Checks that no value is negative. */
  public LengthSettings {
    checkArgument(minLength >= 0, "min_length must not be negative but was %s", minLength);
    checkArgument(
        minNewTokens >= 0, "min_new_tokens must not be negative but was %s", minNewTokens);
  }
}
