package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.train.tokenization.T5Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The token ids of a data set: each text is encoded once, with the task prefix in front of the
 * source, cut to its longest length with the end token kept.
 *
 * <p>Immutable and thread-safe.
 */
public final class EncodedDataset implements EncodedExamples {

  private static final int CHUNK = 512;

  private final int[][] sources;
  private final int[][] targets;
  private final int padTokenId;
  private final int maxSourceTokens;
  private final int maxTargetTokens;
  private final long truncatedSources;
  private final long truncatedTargets;
  private final long rowsWithUnknownTokens;

  private EncodedDataset(
      int[][] sources,
      int[][] targets,
      int padTokenId,
      int maxSourceTokens,
      int maxTargetTokens,
      long truncatedSources,
      long truncatedTargets,
      long rowsWithUnknownTokens) {
    this.sources = sources;
    this.targets = targets;
    this.padTokenId = padTokenId;
    this.maxSourceTokens = maxSourceTokens;
    this.maxTargetTokens = maxTargetTokens;
    this.truncatedSources = truncatedSources;
    this.truncatedTargets = truncatedTargets;
    this.rowsWithUnknownTokens = rowsWithUnknownTokens;
  }

  /**
   * Encodes all examples on all cores.
   *
   * @param data the examples
   * @param tokenizer the tokenizer of the model
   * @param taskPrefix what stands in front of each source, for example {@code "summarize: "}; may
   *     be empty
   * @param maxSourceTokens the longest source in tokens, prefix and end token included
   * @param maxTargetTokens the longest target in tokens, end token included
   * @param progress hears how many examples are encoded
   */
  public static EncodedDataset encode(
      Dataset data,
      T5Tokenizer tokenizer,
      String taskPrefix,
      int maxSourceTokens,
      int maxTargetTokens,
      ProgressListener progress) {
    checkArgument(
        maxSourceTokens >= 1, "max source tokens must be at least 1 but was %s", maxSourceTokens);
    checkArgument(
        maxTargetTokens >= 1, "max target tokens must be at least 1 but was %s", maxTargetTokens);
    int size = data.size();
    int[][] sources = new int[size][];
    int[][] targets = new int[size][];
    long cutSources = 0;
    long cutTargets = 0;
    long unknown = 0;
    for (int start = 0; start < size; start += CHUNK) {
      List<Example> chunk = data.examples().subList(start, Math.min(size, start + CHUNK));
      List<String> sourceTexts = new ArrayList<>(chunk.size());
      List<String> targetTexts = new ArrayList<>(chunk.size());
      for (Example example : chunk) {
        sourceTexts.add(taskPrefix + example.source());
        targetTexts.add(example.target());
      }
      List<int[]> sourceRows = tokenizer.encodeAll(sourceTexts, Integer.MAX_VALUE);
      List<int[]> targetRows = tokenizer.encodeAll(targetTexts, Integer.MAX_VALUE);
      for (int i = 0; i < chunk.size(); i++) {
        int[] source = sourceRows.get(i);
        int[] target = targetRows.get(i);
        unknown += tokenizer.unknownTokens(source) + tokenizer.unknownTokens(target) > 0 ? 1 : 0;
        cutSources += source.length > maxSourceTokens ? 1 : 0;
        cutTargets += target.length > maxTargetTokens ? 1 : 0;
        sources[start + i] = cut(source, maxSourceTokens);
        targets[start + i] = cut(target, maxTargetTokens);
      }
      progress.onProgress(
          new ProgressEvent("encoding", start + chunk.size(), size, "examples", ""));
    }
    return new EncodedDataset(
        sources,
        targets,
        tokenizer.padTokenId(),
        maxSourceTokens,
        maxTargetTokens,
        cutSources,
        cutTargets,
        unknown);
  }

  /** The last token is the end token; it stays. */
  private static int[] cut(int[] ids, int max) {
    if (ids.length <= max) {
      return ids;
    }
    int[] kept = Arrays.copyOf(ids, max);
    kept[max - 1] = ids[ids.length - 1];
    return kept;
  }

  @Override
  public int size() {
    return sources.length;
  }

  @Override
  public int sourceTokens(int example) {
    return sources[example].length;
  }

  @Override
  public int targetTokens(int example) {
    return targets[example].length;
  }

  @Override
  public int maxSourceTokens() {
    return maxSourceTokens;
  }

  @Override
  public int maxTargetTokens() {
    return maxTargetTokens;
  }

  @Override
  public int padTokenId() {
    return padTokenId;
  }

  @Override
  public Encoded example(int example, int epoch) {
    return new Encoded(sources[example], targets[example]);
  }

  /** Returns how many sources lost pieces to the longest length. */
  public long truncatedSources() {
    return truncatedSources;
  }

  /** Returns how many targets lost pieces to the longest length. */
  public long truncatedTargets() {
    return truncatedTargets;
  }

  /**
   * Returns how many examples hold characters that the vocabulary lacks, so that the model cannot
   * see or cannot write them.
   */
  public long rowsWithUnknownTokens() {
    return rowsWithUnknownTokens;
  }

  /**
   * Puts some examples into one batch, padded to the longest of them.
   *
   * @param examples the positions of the examples, in the order of the batch's rows
   */
  public Batch batch(int... examples) {
    int[][] sourceRows = new int[examples.length][];
    int[][] targetRows = new int[examples.length][];
    for (int row = 0; row < examples.length; row++) {
      sourceRows[row] = sources[examples[row]];
      targetRows[row] = targets[examples[row]];
    }
    return Collator.paddingWith(padTokenId).collate(sourceRows, targetRows);
  }
}
