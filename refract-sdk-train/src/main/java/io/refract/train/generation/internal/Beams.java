package io.refract.train.generation.internal;

import com.google.common.primitives.ImmutableDoubleArray;
import io.refract.scoring.BeamSettings;
import io.refract.scoring.BeamSettings.EarlyStopping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The beams of one source: those that run, and the best that have ended.
 *
 * <p>Source: {@code _get_running_beams_for_next_iteration}, {@code _update_finished_beams} and
 * {@code _check_early_stop_heuristic} of {@code GenerationMixin} in transformers 4.57.6. Scores are
 * 32-bit floats, as there. Not thread-safe.
 */
final class Beams {

  /** What a beam that cannot go on gets added; it is a large number in transformers as well. */
  private static final float OUT = -1e9f;

  /** Scores below this are those of beams that were never possible. */
  private static final float IMPOSSIBLE = -1e8f;

  private final SearchRequest request;
  private final BeamSettings settings;
  private List<Beam> running = new ArrayList<>();
  private List<Ended> ended = new ArrayList<>();
  private boolean improvable = true;
  private boolean done;

  /** A sequence with its log-probability. */
  record Beam(Prefix prefix, ImmutableDoubleArray logProbabilities, float score, int parent) {}

  /** A place for an ended sequence, taken or not. */
  private record Ended(Beam beam, float score, boolean taken) {}

  Beams(SearchRequest request, int source) {
    this.request = request;
    settings = request.decoding().beams();
    for (int i = 0; i < settings.numBeams(); i++) {
      Prefix prefix = Prefix.begin(source, request.config().decoderStartTokenId());
      // The first alone counts: all begin alike, and would find the same.
      Beam beam = new Beam(prefix, ImmutableDoubleArray.of(), i == 0 ? 0 : OUT, 0);
      running.add(beam);
      ended.add(new Ended(beam, OUT, false));
    }
  }

  /** Returns the beams that go on. */
  List<Beam> running() {
    return running;
  }

  /** Returns whether nothing more can be found. */
  boolean done() {
    return done;
  }

  /** Returns how many continuations a step has to give: enough if all that can end do. */
  static int candidates(SearchRequest request) {
    int ends = request.config().eosTokenIds().size();
    return Math.max(2, 1 + ends) * request.decoding().beams().numBeams();
  }

  /** Continues with the best candidates of a step. */
  void advance(TopCandidates candidates) {
    List<Beam> all = new ArrayList<>();
    List<Boolean> ends = new ArrayList<>();
    int length = running.get(0).prefix().length(); // as many tokens as are generated now
    for (int rank = 0; rank < candidates.size(); rank++) {
      all.add(extend(candidates, rank));
      ends.add(length >= request.maxNewTokens() || request.ends(candidates.token(rank)));
    }
    updateEnded(all, ends, length);
    updateRunning(all, ends);
    updateImprovable(length);
    done =
        !improvable
            || (settings.earlyStopping() == EarlyStopping.TRUE && isFull())
            || !ends.contains(false);
  }

  private Beam extend(TopCandidates candidates, int rank) {
    Beam parent = running.get(candidates.beam(rank));
    Prefix prefix = parent.prefix().fork();
    prefix.add(candidates.token(rank));
    ImmutableDoubleArray logProbabilities =
        request.scored()
            ? ImmutableDoubleArray.builder(prefix.length())
                .addAll(parent.logProbabilities())
                .add(candidates.step(rank))
                .build()
            : parent.logProbabilities();
    return new Beam(prefix, logProbabilities, candidates.score(rank), candidates.beam(rank));
  }

  private boolean isFull() {
    return ended.stream().allMatch(Ended::taken);
  }

  private float penalty(int length) {
    return (float) Math.pow(length, settings.lengthPenalty());
  }

  private void updateEnded(List<Beam> all, List<Boolean> ends, int length) {
    boolean closed = !improvable || (settings.earlyStopping() == EarlyStopping.TRUE && isFull());
    List<Ended> merged = new ArrayList<>(ended);
    // Later ranks are there only to go on with. Transformers lets impossible beams in as well, and
    // may end early because of them.
    for (int rank = 0; rank < settings.numBeams(); rank++) {
      if (ends.get(rank) && !closed && all.get(rank).score() > IMPOSSIBLE) {
        merged.add(new Ended(all.get(rank), all.get(rank).score() / penalty(length), true));
      }
    }
    // Under an extreme penalty a score can be below that of an empty place, which transformers then
    // returns as padding.
    merged.sort(
        Comparator.comparing(Ended::taken)
            .reversed()
            .thenComparing(Comparator.comparingDouble(Ended::score).reversed()));
    ended = new ArrayList<>(merged.subList(0, settings.numBeams()));
  }

  private void updateRunning(List<Beam> all, List<Boolean> ends) {
    List<Beam> next = new ArrayList<>();
    for (int rank = 0; rank < all.size(); rank++) {
      Beam beam = all.get(rank);
      next.add(
          ends.get(rank)
              ? new Beam(beam.prefix(), beam.logProbabilities(), beam.score() + OUT, beam.parent())
              : beam);
    }
    next.sort(Comparator.comparingDouble(beam -> -beam.score()));
    running = new ArrayList<>(next.subList(0, settings.numBeams()));
  }

  private void updateImprovable(int length) {
    boolean longest =
        settings.earlyStopping() == EarlyStopping.NEVER && settings.lengthPenalty() > 0;
    float best = running.get(0).score() / penalty(longest ? request.maxNewTokens() : length);
    float worst = isFull() ? ended.get(ended.size() - 1).score() : Float.NEGATIVE_INFINITY;
    improvable &= best > worst && running.get(0).score() > IMPOSSIBLE;
  }

  /**
   * Returns the best ended sequences; fewer than asked for when there are no more.
   *
   * @throws IllegalStateException if there are none, because rules excluded every token
   */
  List<Hypothesis> hypotheses() {
    List<Hypothesis> found =
        ended.stream()
            .limit(settings.numReturnSequences())
            .filter(Ended::taken)
            .map(
                end ->
                    new Hypothesis(
                        end.beam().prefix().generated(),
                        request.scored() ? end.score() : 0,
                        end.beam().logProbabilities()))
            .toList();
    if (found.isEmpty()) {
      throw ScoreProcessors.nothingLeft();
    }
    return found;
  }
}
