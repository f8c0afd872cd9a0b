package io.refract.train.t5;

import io.refract.train.checkpoint.Mapping;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the weights of a loaded model are. It makes no difference to what the model computes.
 *
 * <p>Mapped weights are the pages of the checkpoint file itself: loading does not read them, and
 * the operating system may take them back and fetch them again. As long as the model is open,
 * nobody may cut that file or write into it, or the JVM ends. A checkpoint that this SDK or the
 * Hugging Face hub's client writes is never changed, only replaced by renaming, which is safe; a
 * {@code cp} over the file is not. Weights that are not stored as 32-bit floats are converted, and
 * then are copies in each case.
 */
public enum WeightMemory {
  /**
   * Mapped, shared with other processes that load the same file, and read-only: the model scores
   * and is evaluated, and an adapter for it can be trained; its own weights cannot be trained, and
   * no adapter can be merged into them. Needs no right to write the file. What a registry's scorer
   * uses.
   */
  READ_ONLY(Mapping.READ_ONLY),
  /**
   * Mapped, and copied page by page when a training or a merge changes them; the file never
   * changes. Where the file may not be opened for writing, this is {@link #COPIED}. The default.
   */
  COPY_ON_WRITE(Mapping.COPY_ON_WRITE),
  /** Read into memory of the process; the file is not needed any more when the model is loaded. */
  COPIED(null);

  private final Optional<Mapping> mapping;

  WeightMemory(@Nullable Mapping mapping) {
    this.mapping = Optional.ofNullable(mapping);
  }

  /** Returns how the file is mapped, or empty when it is not. */
  Optional<Mapping> mapping() {
    return mapping;
  }
}
