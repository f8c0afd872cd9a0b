package io.refract.progress;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One report of a piece of long work.
 *
 * @param task what is being done, for example {@code "training"} or {@code "upload
 *     model.safetensors"}
 * @param done how much is done, in {@code unit}s
 * @param total how much there is to do, in {@code unit}s, or -1 when it is not known
 * @param unit the unit of both counts, for example {@code "steps"} or {@code "bytes"}
 * @param note a short remark for a person, for example {@code "loss 0.31"}, or an empty string
 */
public record ProgressEvent(String task, long done, long total, String unit, String note) {

  /** Checks that {@code done} is not negative. */
  public ProgressEvent {
    checkArgument(done >= 0, "done must not be negative but was %s", done);
  }

  /** Returns whether nothing is left to do. */
  public boolean finished() {
    return total >= 0 && done >= total;
  }
}
