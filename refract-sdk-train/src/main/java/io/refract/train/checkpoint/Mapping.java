package io.refract.train.checkpoint;

/** How the pages of a checkpoint file come into memory. */
public enum Mapping {
  /**
   * The pages can be read only, and are shared with all processes that map the file. Writing to
   * them ends the JVM.
   */
  READ_ONLY,
  /**
   * Whoever writes to a page gets a copy of it; the file never changes. The file must allow writing
   * all the same, because Java asks for that.
   */
  COPY_ON_WRITE
}
