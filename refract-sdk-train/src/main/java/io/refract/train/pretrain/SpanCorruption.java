package io.refract.train.pretrain;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The task that T5 is pre-trained with: spans of a text are each replaced by one sentinel, and the
 * target tells what stood there.
 *
 * <pre>
 *   text    Thank you for inviting me to your party last week
 *   source  Thank you {@literal <extra_id_0>} me to your party {@literal <extra_id_1>} week
 *   target  {@literal <extra_id_0>} for inviting {@literal <extra_id_1>} last
 * </pre>
 *
 * <p>Spans of text and of noise alternate, beginning with text. How many tokens are noise and how
 * many spans there are follows from the length of the text alone; where they are is random, every
 * way as likely as any other. Source: Raffel et al., "Exploring the Limits of Transfer Learning
 * with a Unified Text-to-Text Transformer" (JMLR 2020), section 3.1.4, in the form of {@code
 * random_spans_noise_mask}, {@code noise_span_to_unique_sentinel}, {@code
 * nonnoise_span_to_unique_sentinel} and {@code random_spans_helper} of {@code
 * google-research/text-to-text-transfer-transformer}, {@code t5/data/preprocessors.py}.
 *
 * @param density the share of the tokens that are noise; default 0.15
 * @param meanSpanLength the mean length of a span of noise in tokens; default 3
 */
public record SpanCorruption(double density, double meanSpanLength) {

  private static final SpanCorruption DEFAULTS = new SpanCorruption(0.15, 3.0);

  /** Checks the range of every value. */
  public SpanCorruption {
    checkArgument(
        density > 0 && density < 1, "density must be between 0 and 1 but was %s", density);
    checkArgument(
        meanSpanLength >= 1 && Double.isFinite(meanSpanLength),
        "mean span length must be at least 1 but was %s",
        meanSpanLength);
  }

  /**
   * How long what is how long.
   *
   * @param text tokens of the text, at least 2
   * @param source tokens of the source: text, sentinels and the end token
   * @param target tokens of the target: noise, sentinels and the end token
   */
  public record Lengths(int text, int source, int target) {}

  /**
   * A text with spans to restore.
   *
   * @param source ids, end token included
   * @param target ids, end token included
   */
  @SuppressWarnings("ArrayRecordComponent") // two arrays to hand over, never compared
  public record Corrupted(int[] source, int[] target) {}

  /** Returns the settings of the paper. */
  public static SpanCorruption defaults() {
    return DEFAULTS;
  }

  /** Returns these settings with another share of noise. */
  public SpanCorruption withDensity(double value) {
    return new SpanCorruption(value, meanSpanLength);
  }

  /** Returns these settings with another mean length of the spans. */
  public SpanCorruption withMeanSpanLength(double value) {
    return new SpanCorruption(density, value);
  }

  /** Returns how many tokens of a text are noise: at least one, and never all. */
  public int noiseTokens(int textTokens) {
    checkText(textTokens);
    return Math.max(1, Math.min(textTokens - 1, round(textTokens * density)));
  }

  /** Returns how many spans of noise a text has, which is how many sentinels it takes. */
  public int spans(int textTokens) {
    int noise = noiseTokens(textTokens);
    int most = Math.min(noise, textTokens - noise);
    return Math.max(1, Math.min(most, round(noise / meanSpanLength)));
  }

  /** Halves go to the even neighbour, as in Python and TensorFlow. */
  private static int round(double value) {
    return (int) Math.rint(value);
  }

  private static void checkText(int textTokens) {
    checkArgument(
        textTokens >= 2, "a text to corrupt must have at least 2 tokens but has %s", textTokens);
  }

  /** Returns how long source and target of a text become. */
  public Lengths lengths(int textTokens) {
    int noise = noiseTokens(textTokens);
    int spans = spans(textTokens);
    return new Lengths(textTokens, textTokens - noise + spans + 1, noise + spans + 1);
  }

  /**
   * Returns the longest text whose source and target are not longer than given, so that rows need
   * no padding. With the defaults, sources of 512 tokens take texts of 568 and targets of 114.
   *
   * @param maxSourceTokens the longest source, end token included
   * @param maxTargetTokens the longest target, end token included
   * @throws IllegalArgumentException if not even a text of 2 tokens fits
   */
  public Lengths fitting(int maxSourceTokens, int maxTargetTokens) {
    checkArgument(
        maxSourceTokens >= 3 && maxTargetTokens >= 3,
        "span corruption needs at least 3 source and 3 target tokens but may use %s and %s",
        maxSourceTokens,
        maxTargetTokens);
    Lengths fitting = lengths(2);
    for (int text = 3; ; text++) {
      Lengths next = lengths(text);
      if (next.source() > maxSourceTokens || next.target() > maxTargetTokens) {
        return fitting;
      }
      fitting = next;
    }
  }

  /**
   * Corrupts a text.
   *
   * @param text token ids without end token, at least 2
   * @param sentinels the ids of {@code <extra_id_0>}, {@code <extra_id_1>} and so on, at least
   *     {@link #spans} of them
   * @param endToken what ends source and target
   * @param seed decides where the spans are
   */
  public Corrupted corrupt(int[] text, int[] sentinels, int endToken, long seed) {
    boolean[] noise = noise(text.length, seed);
    return new Corrupted(
        replace(text, noise, true, sentinels, endToken),
        replace(text, noise, false, sentinels, endToken));
  }

  /**
   * Returns which tokens of a text are noise.
   *
   * @param textTokens how long the text is, at least 2
   * @param seed decides where the spans are
   */
  public boolean[] noise(int textTokens, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int noiseTokens = noiseTokens(textTokens);
    int spans = spans(textTokens);
    int[] noiseLengths = segments(noiseTokens, spans, random);
    int[] textLengths = segments(textTokens - noiseTokens, spans, random);
    boolean[] noise = new boolean[textTokens];
    int position = 0;
    for (int span = 0; span < spans; span++) {
      position += textLengths[span];
      Arrays.fill(noise, position, position + noiseLengths[span], true);
      position += noiseLengths[span];
    }
    return noise;
  }

  /**
   * Cuts items into segments that are not empty. Source: Fan et al., "Development of Sampling Plans
   * by Using Sequential (Item by Item) Selection Techniques" (JASA 1962), method 1, which takes
   * every set of places to cut with the same probability.
   */
  private static int[] segments(int items, int segments, SplittableRandom random) {
    int[] lengths = new int[segments];
    int segment = 0;
    for (int item = 0; item < items; item++) {
      lengths[segment]++;
      int placesLeft = items - 1 - item;
      int cutsLeft = segments - 1 - segment;
      if (placesLeft > 0 && random.nextInt(placesLeft) < cutsLeft) {
        segment++;
      }
    }
    return lengths;
  }

  /**
   * Replaces each span of noise, or of what is not noise, by one sentinel, and appends the end
   * token.
   *
   * @param text token ids
   * @param noise which of them are noise
   * @param replaced whether noise is replaced, or else the rest
   * @param sentinels what the spans become, in this order
   * @param endToken what comes last
   */
  static int[] replace(
      int[] text, boolean[] noise, boolean replaced, int[] sentinels, int endToken) {
    int[] result = new int[text.length + 1];
    int length = 0;
    int spans = 0;
    for (int i = 0; i < text.length; i++) {
      if (noise[i] != replaced) {
        result[length++] = text[i];
      } else if (i == 0 || noise[i - 1] != replaced) {
        checkArgument(
            spans < sentinels.length,
            "a text of %s tokens needs more than the %s sentinels of the tokenizer",
            text.length,
            sentinels.length);
        result[length++] = sentinels[spans++];
      }
    }
    result[length++] = endToken;
    return Arrays.copyOf(result, length);
  }
}
