package io.refract.artifact;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Splitter;
import java.util.regex.Pattern;

/**
 * One file of an artifact.
 *
 * @param path the path below the artifact's directory, with {@code /} between its names on every
 *     system
 * @param size the size in bytes
 * @param sha256 the SHA-256 of its bytes, 64 lower-case hexadecimal digits
 */
public record ArtifactFile(String path, long size, String sha256) {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the path could leave the directory or is not portable (a
   *     name that is empty, {@code .} or {@code ..}; a backslash, a colon or a control character),
   *     the size is negative, or the digest is not one
   */
  public ArtifactFile {
    checkArgument(isPortable(path), "'%s' is not a relative, portable file path", path);
    checkArgument(size >= 0, "size of '%s' must not be negative but was %s", path, size);
    checkArgument(
        DIGEST.matcher(sha256).matches(),
        "SHA-256 of '%s' must be 64 lower-case hexadecimal digits but was '%s'",
        path,
        sha256);
  }

  private static boolean isPortable(String path) {
    boolean printable =
        path.chars().noneMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c));
    return printable
        && Splitter.on('/')
            .splitToStream(path)
            .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
  }
}
