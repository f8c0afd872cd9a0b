package io.refract.train.t5;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which sources go through the model together: those of nearly equal length, so that little is
 * computed for padding, and no more than memory is meant for.
 *
 * @param batchSize sources of a batch at most
 * @param tokenBudget tokens of a batch at most: its sources, padded to the longest, and all that
 *     may be generated for them, once for each beam. A source that needs more goes alone
 * @param generatedTokens tokens that are generated for a source at most
 * @param beams sequences that are followed at once for a source
 * @param joinEqual whether sources of equal ids are generated for once
 */
record GenerationBatches(
    int batchSize, int tokenBudget, int generatedTokens, int beams, boolean joinEqual) {

  /**
   * Cuts sources into batches, the longest first: if one does not fit into memory, it is the first.
   *
   * @return for each batch its places; a place holds the indices of the sources that share it, of
   *     which there are several only when they are equal
   */
  List<List<int[]>> of(List<int[]> sources) {
    List<List<int[]>> batches = new ArrayList<>();
    List<int[]> batch = new ArrayList<>();
    for (int[] place : places(sources)) {
      int longest = sources.get((batch.isEmpty() ? place : batch.get(0))[0]).length;
      if (!batch.isEmpty() && !fits(batch.size() + 1, longest)) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(place);
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private boolean fits(int rows, int longest) {
    long tokens = (long) rows * beams * (longest + (long) generatedTokens);
    return rows <= batchSize && tokens <= tokenBudget;
  }

  private List<int[]> places(List<int[]> sources) {
    Comparator<int[]> longestFirst =
        Comparator.comparingInt(place -> -sources.get(place[0]).length);
    if (!joinEqual) {
      return IntStream.range(0, sources.size())
          .mapToObj(i -> new int[] {i})
          .sorted(longestFirst)
          .toList();
    }
    Map<IntBuffer, IntStream.Builder> places = new LinkedHashMap<>();
    for (int i = 0; i < sources.size(); i++) {
      places.computeIfAbsent(IntBuffer.wrap(sources.get(i)), source -> IntStream.builder()).add(i);
    }
    return places.values().stream()
        .map(place -> place.build().toArray())
        .sorted(longestFirst)
        .toList();
  }
}
