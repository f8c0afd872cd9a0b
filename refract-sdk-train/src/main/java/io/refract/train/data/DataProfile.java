package io.refract.train.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model will see of a data set: rows, lengths in tokens, and what is lost.
 *
 * @param name the data as a person knows them
 * @param rowsRead rows of the source
 * @param rowsUsed rows that became examples
 * @param emptyCells rows that were left out because the source or target is empty
 * @param duplicates used rows that repeat an earlier row's source and target
 * @param conflicts used rows that repeat an earlier row's source with another target
 * @param sourceTokens lengths of the sources, task prefix included
 * @param targetTokens lengths of the targets
 * @param maxSourceTokens the length to which sources are cut
 * @param maxTargetTokens the length to which targets are cut
 * @param truncatedSources sources that are cut
 * @param truncatedTargets targets that are cut
 * @param rowsWithUnknownTokens rows with a character that the vocabulary lacks
 * @param unknownTexts the texts that most often become the unknown token, with their counts, most
 *     frequent first
 * @param leakedRows rows whose source also stands in the training data; 0 for those themselves
 */
public record DataProfile(
    String name,
    long rowsRead,
    long rowsUsed,
    long emptyCells,
    long duplicates,
    long conflicts,
    LengthHistogram sourceTokens,
    LengthHistogram targetTokens,
    int maxSourceTokens,
    int maxTargetTokens,
    long truncatedSources,
    long truncatedTargets,
    long rowsWithUnknownTokens,
    Map<String, Long> unknownTexts,
    long leakedRows) {

  /** Copies the map, in its order. */
  public DataProfile {
    unknownTexts = Collections.unmodifiableMap(new LinkedHashMap<>(unknownTexts));
  }
}
