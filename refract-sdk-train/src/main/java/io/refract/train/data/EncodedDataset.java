package io.refract.train.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The token ids of a data set: each text is encoded once, with the task prefix in front of the
 * source, cut to its longest length with the end token kept.
 *
 * <p>The ids lie in a temporary file that is mapped into memory, 2 bytes each with a vocabulary of
 * up to 65,536 tokens, else 4; an example costs 8.5 bytes of heap. Immutable and thread-safe.
 */
public final class EncodedDataset implements EncodedExamples {

  private static final int CHUNK = 512;

  private final Dataset data;
  private final TokenRows rows;
  private final int padTokenId;
  private final EncodingStatistics statistics;

  private EncodedDataset(
      Dataset data, TokenRows rows, int padTokenId, EncodingStatistics statistics) {
    this.data = data;
    this.rows = rows;
    this.padTokenId = padTokenId;
    this.statistics = statistics;
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
   * @throws DataException when the temporary file cannot be written
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
    EncodingStatistics statistics =
        new EncodingStatistics(tokenizer, maxSourceTokens, maxTargetTokens);
    try (TokenRows.Writer rows = new TokenRows.Writer(size, tokenizer.vocabularySize())) {
      for (int start = 0; start < size; start += CHUNK) {
        List<Example> chunk =
            List.copyOf(data.examples().subList(start, Math.min(size, start + CHUNK)));
        List<String> sources =
            chunk.stream().map(example -> taskPrefix + example.source()).toList();
        List<String> targets = chunk.stream().map(Example::target).toList();
        List<int[]> sourceIds = tokenizer.encodeAll(sources, Integer.MAX_VALUE);
        List<int[]> targetIds = tokenizer.encodeAll(targets, Integer.MAX_VALUE);
        for (int i = 0; i < chunk.size(); i++) {
          statistics.add(sources.get(i), sourceIds.get(i), targets.get(i), targetIds.get(i));
          rows.add(cut(sourceIds.get(i), maxSourceTokens), cut(targetIds.get(i), maxTargetTokens));
        }
        progress.onProgress(
            new ProgressEvent("encoding", start + chunk.size(), size, "examples", ""));
      }
      return new EncodedDataset(data, rows.finish(), tokenizer.padTokenId(), statistics);
    } catch (IOException e) {
      throw new DataException(
          "Cannot keep the token ids of %s in a temporary file in %s: %s. Free space there, or name another directory with -Djava.io.tmpdir=..."
              .formatted(data.provenance().name(), System.getProperty("java.io.tmpdir"), e),
          e);
    }
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
    return rows.size();
  }

  @Override
  public int sourceTokens(int example) {
    return rows.sourceTokens(example);
  }

  @Override
  public int targetTokens(int example) {
    return rows.targetTokens(example);
  }

  /** Returns the token ids of a source, end token included. */
  public int[] source(int example) {
    return rows.source(example);
  }

  /** Returns the token ids of a target, end token included. */
  public int[] target(int example) {
    return rows.target(example);
  }

  @Override
  public Encoded example(int example, int epoch) {
    return new Encoded(source(example), target(example));
  }

  @Override
  public int maxSourceTokens() {
    return statistics.maxSourceTokens();
  }

  @Override
  public int maxTargetTokens() {
    return statistics.maxTargetTokens();
  }

  @Override
  public int padTokenId() {
    return padTokenId;
  }

  /** Returns how many sources lost pieces to the longest length. */
  public long truncatedSources() {
    return statistics.truncatedSources();
  }

  /** Returns how many targets lost pieces to the longest length. */
  public long truncatedTargets() {
    return statistics.truncatedTargets();
  }

  /**
   * Returns how many examples hold characters that the vocabulary lacks, so that the model cannot
   * see or cannot write them.
   */
  public long rowsWithUnknownTokens() {
    return statistics.rowsWithUnknownTokens();
  }

  /**
   * Returns what a model will see of the data. Repeated rows are counted now, which reads the texts
   * once.
   */
  public DataProfile profile() {
    return statistics.profile(data, 0);
  }

  /**
   * Returns what a model will see of the data, and how many of its rows have a source that also
   * stands in the data that the model learns from, as they should not in validation data. White
   * space and Unicode forms make no difference, as in {@link Dataset#holdOut}.
   *
   * @param training the data that the model learns from
   */
  public DataProfile profile(Dataset training) {
    boolean itself = training == data;
    return statistics.profile(
        data, itself ? 0 : Repetitions.leaked(data.examples(), training.examples()));
  }

  /**
   * Puts some examples into one batch, padded to the longest of them.
   *
   * @param examples the positions of the examples, in the order of the batch's rows
   */
  public Batch batch(int... examples) {
    int[][] sources = Arrays.stream(examples).mapToObj(this::source).toArray(int[][]::new);
    int[][] targets = Arrays.stream(examples).mapToObj(this::target).toArray(int[][]::new);
    return Collator.paddingWith(padTokenId).collate(sources, targets);
  }
}
