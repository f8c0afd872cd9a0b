package io.refract.provenance;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

/**
 * The checkpoint that a training started from.
 *
 * @param name the hub id or the path of the checkpoint
 * @param sha256 the digest of its files, 64 lower-case hexadecimal digits; see {@code
 *     ArtifactManifest.digest()}
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
