package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Token ids of some examples, padded to the longest of them.
 *
 * <p>Dimension letters: B = {@code rows}, S = {@code sourceLength}, T = {@code targetLength}. All
 * arrays are row-major. They are shared, not copied: whoever gets a batch reads it only.
 *
 * @param rows the number of examples, B
 * @param sourceLength the length of the longest source in tokens, with its end token, S
 * @param targetLength the length of the longest target in tokens, with its end token, T
 * @param inputIds the source tokens, B x S, filled up with the padding token
 * @param attentionMask 1 for a real source token and 0 for padding, B x S
 * @param labels the target tokens, B x T, filled up with {@value #IGNORED}
 * @param targetTokens the number of labels that are not {@value #IGNORED}
 * @param segments which example each token belongs to, when several share a row; null when each row
 *     is one example
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity only; copying would cost a pass
public record Batch(
    int rows,
    int sourceLength,
    int targetLength,
    long[] inputIds,
    long[] attentionMask,
    long[] labels,
    int targetTokens,
    @Nullable Segments segments) {

  /** The label that no loss is computed for, as in {@code torch.nn.CrossEntropyLoss}. */
  public static final long IGNORED = -100;

  /** Checks that the arrays have the sizes that the dimensions say. */
  public Batch {
    checkArgument(rows >= 1, "a batch needs at least 1 row but has %s", rows);
    checkArgument(
        inputIds.length == rows * sourceLength && attentionMask.length == rows * sourceLength,
        "input ids and attention mask must hold %s x %s values but hold %s and %s",
        rows,
        sourceLength,
        inputIds.length,
        attentionMask.length);
    checkArgument(
        labels.length == rows * targetLength,
        "labels must hold %s x %s values but hold %s",
        rows,
        targetLength,
        labels.length);
    checkArgument(
        segments == null
            || (segments.sources().length == inputIds.length
                && segments.targets().length == labels.length),
        "segments must have a number for each input id and each label");
  }

  /** Makes a batch whose rows are one example each. */
  public Batch(
      int rows,
      int sourceLength,
      int targetLength,
      long[] inputIds,
      long[] attentionMask,
      long[] labels,
      int targetTokens) {
    this(rows, sourceLength, targetLength, inputIds, attentionMask, labels, targetTokens, null);
  }

  /** Returns the number of real source tokens, padding not counted. */
  public int sourceTokens() {
    int count = 0;
    for (long bit : attentionMask) {
      count += (int) bit;
    }
    return count;
  }

  /** Returns the source tokens of each row without padding. */
  public List<int[]> sources() {
    List<int[]> sources = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      int first = row * sourceLength;
      sources.add(
          IntStream.range(first, first + sourceLength)
              .filter(i -> attentionMask[i] != 0)
              .map(i -> (int) inputIds[i])
              .toArray());
    }
    return sources;
  }

  @Override
  public String toString() {
    return "Batch[" + rows + " x " + sourceLength + " -> " + rows + " x " + targetLength + "]";
  }
}
