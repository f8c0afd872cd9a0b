package io.refract.train.data;

import io.refract.train.tokenization.T5Tokenizer;

/** What is counted while texts become token ids. */
final class EncodingStatistics {

  private final LengthCounter sourceLengths = new LengthCounter();
  private final LengthCounter targetLengths = new LengthCounter();
  private final UnknownTexts unknownTexts;
  private final int maxSourceTokens;
  private final int maxTargetTokens;

  EncodingStatistics(T5Tokenizer tokenizer, int maxSourceTokens, int maxTargetTokens) {
    this.unknownTexts = new UnknownTexts(tokenizer);
    this.maxSourceTokens = maxSourceTokens;
    this.maxTargetTokens = maxTargetTokens;
  }

  void add(String source, int[] sourceIds, String target, int[] targetIds) {
    sourceLengths.add(sourceIds.length);
    targetLengths.add(targetIds.length);
    unknownTexts.add(source, sourceIds, target, targetIds);
  }

  int maxSourceTokens() {
    return maxSourceTokens;
  }

  int maxTargetTokens() {
    return maxTargetTokens;
  }

  long truncatedSources() {
    return sourceLengths.longerThan(maxSourceTokens);
  }

  long truncatedTargets() {
    return targetLengths.longerThan(maxTargetTokens);
  }

  long rowsWithUnknownTokens() {
    return unknownTexts.rows();
  }

  DataProfile profile(Dataset data, long leakedRows) {
    Repetitions repeated = Repetitions.of(data.examples());
    return new DataProfile(
        data.provenance().name() + ", " + data.provenance().split(),
        data.report().rowsRead(),
        data.size(),
        data.report().emptyCells(),
        repeated.duplicates(),
        repeated.conflicts(),
        sourceLengths.histogram(),
        targetLengths.histogram(),
        maxSourceTokens,
        maxTargetTokens,
        truncatedSources(),
        truncatedTargets(),
        rowsWithUnknownTokens(),
        unknownTexts.mostFrequent(),
        leakedRows);
  }
}
