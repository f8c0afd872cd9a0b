package io.refract.provenance;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

/**
 * The checkpoint that a training started from.
 *
 * @param name the hub id with its commit, {@code google-t5/t5-small@COMMIT}, or the path of the
 *     checkpoint
 * @param sha256 the SHA-256 of its file of weights, or {@code ArtifactManifest.digest()} over
 *     several; 64 lower-case hexadecimal digits
 */
public record CheckpointProvenance(String name, String sha256) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the name is blank or the digest is not one
   */
  public CheckpointProvenance {
    checkArgument(!requireNonNull(name, "name").isBlank(), "checkpoint name must not be blank");
    Sha256.check(sha256, "digest of checkpoint '" + name + "'");
  }
}
