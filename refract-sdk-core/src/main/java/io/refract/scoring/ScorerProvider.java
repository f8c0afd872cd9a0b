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
   * @return the model; the caller closes it
   */
  TextModel open(Path directory);
}
