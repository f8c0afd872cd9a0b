package io.refract.train;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where and when a training saves what it needs to go on after a crash.
 *
 * <p>Each checkpoint is a directory {@code step-00001200} that is there whole or not at all. It
 * holds the model as Hugging Face transformers reads it, the state of the optimizer, and {@code
 * trainer_state.json}.
 *
 * @param directory what the checkpoints are written into
 * @param everySteps updates between two checkpoints, besides the one at the end of the training;
 *     empty, the default, for one at the end of each epoch
 * @param keepLast how many of the newest are kept, 2 unless set; the one of the best evaluation is
 *     kept besides
 */
public record Checkpoints(Path directory, OptionalInt everySteps, int keepLast) {

  private static final int KEEP_LAST = 2;

  /** Checks the range of every value. */
  public Checkpoints {
    requireNonNull(directory, "directory");
    everySteps.ifPresent(
        steps ->
            checkArgument(steps >= 1, "checkpoint steps must be at least 1 but was %s", steps));
    checkArgument(keepLast >= 1, "kept checkpoints must be at least 1 but was %s", keepLast);
  }

  /**
   * Returns checkpoints at the end of each epoch, of which the last two and the best are kept.
   *
   * @param directory what they are written into; made when it is missing
   */
  public static Checkpoints in(Path directory) {
    return new Checkpoints(directory, OptionalInt.empty(), KEEP_LAST);
  }

  /** Returns checkpoints after every so many updates, and at the end of the training. */
  public Checkpoints everySteps(int value) {
    return new Checkpoints(directory, OptionalInt.of(value), keepLast);
  }

  /** Returns checkpoints of which another number of the newest is kept. */
  public Checkpoints keepLast(int value) {
    return new Checkpoints(directory, everySteps, value);
  }
}
