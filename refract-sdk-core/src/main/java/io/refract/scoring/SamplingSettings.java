package io.refract.scoring;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How the next token is drawn. Without {@code doSample} nothing is drawn, and the rest has no
 * effect.
 *
 * <p>The same seed gives an input the same text on the same machine, whatever the batch size and
 * whatever else is generated with it. Equal inputs of one call are drawn for one by one, so that
 * their texts differ; a stream is a call for every few hundred inputs. The texts are not those that
 * transformers draws: the distributions are the same, the random numbers are not.
 *
 * <p>The filters act in the order of the parameters; each sees what those before left over.
 *
 * @param doSample whether to draw; default false
 * @param temperature what scores are divided by, above 0: below 1 likely tokens become more likely;
 *     default 1
 * @param topK only the k most likely tokens stay, 0 for all; default 50, as in transformers
 * @param topP only the most likely tokens with a sum of probabilities of p stay, from 0 to 1;
 *     default 1, all
 * @param minP only tokens at least p times as likely as the most likely one stay, from 0 to 1;
 *     default 0, all
 * @param typicalP only the tokens stay whose information is nearest to the entropy and whose
 *     probabilities have a sum of p, above 0, at most 1; default 1, all
 * @param seed what the random numbers come from; default 0
 */
public record SamplingSettings(
    boolean doSample,
    double temperature,
    int topK,
    double topP,
    double minP,
    double typicalP,
    long seed) {

  static final SamplingSettings DEFAULTS = new SamplingSettings(false, 1, 50, 1, 0, 1, 0);

  /** Checks every value. */
  public SamplingSettings {
    checkArgument(
        temperature > 0 && Double.isFinite(temperature),
        "temperature must be above 0 but was %s; for the most likely tokens do not sample",
        temperature);
    checkArgument(topK >= 0, "top_k must not be negative but was %s", topK);
    checkArgument(topP >= 0 && topP <= 1, "top_p must be from 0 to 1 but was %s", topP);
    checkArgument(minP >= 0 && minP <= 1, "min_p must be from 0 to 1 but was %s", minP);
    checkArgument(
        typicalP > 0 && typicalP <= 1,
        "typical_p must be above 0 and at most 1 but was %s",
        typicalP);
  }

  SamplingSettings withDoSample(boolean value) {
    return new SamplingSettings(value, temperature, topK, topP, minP, typicalP, seed);
  }

  SamplingSettings withTemperature(double value) {
    return new SamplingSettings(doSample, value, topK, topP, minP, typicalP, seed);
  }

  SamplingSettings withTopK(int value) {
    return new SamplingSettings(doSample, temperature, value, topP, minP, typicalP, seed);
  }

  SamplingSettings withTopP(double value) {
    return new SamplingSettings(doSample, temperature, topK, value, minP, typicalP, seed);
  }

  SamplingSettings withMinP(double value) {
    return new SamplingSettings(doSample, temperature, topK, topP, value, typicalP, seed);
  }

  SamplingSettings withTypicalP(double value) {
    return new SamplingSettings(doSample, temperature, topK, topP, minP, value, seed);
  }

  SamplingSettings withSeed(long value) {
    return new SamplingSettings(doSample, temperature, topK, topP, minP, typicalP, value);
  }
}
