package io.refract.artifact;

import java.nio.file.Path;

/** A model that can be written to a directory, so that a registry can keep it. */
public interface ModelArtifact {

  /**
   * Returns the name of the format, which is also the name under which a {@code ScorerProvider}
   * opens such a directory again, for example {@code "t5"}.
   */
  String format();

  /**
   * Writes every file that is needed to open the model again.
   *
   * @param directory an existing, empty directory
   */
  void writeTo(Path directory);
}
