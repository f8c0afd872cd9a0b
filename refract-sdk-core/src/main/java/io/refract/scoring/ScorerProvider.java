package io.refract.scoring;

import java.nio.file.Path;

/**
 * Opens models of one format. Found with {@link java.util.ServiceLoader}, so that the registry can
 * score a model whose kind it does not know.
 */
public interface ScorerProvider {

  /** Returns the format that this provider opens, see {@code ModelArtifact.format()}. */
  String format();

  /**
   * Opens a model.
   *
   * @param directory the directory that {@code ModelArtifact.writeTo} filled
   * @param format the numbers to score with
   * @return the model; the caller closes it
   * @throws ScoringException if it cannot score in that format here
   */
  TextModel open(Path directory, WeightFormat format);
}
