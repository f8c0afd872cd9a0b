package io.refract.artifact;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.refract.internal.Json;
import io.refract.progress.ProgressListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Every file of a directory with its size and SHA-256, and one digest over the whole. A directory
 * fits its manifest when it holds exactly these files with exactly these bytes, and nothing else.
 *
 * <p>The digest is that of the text which {@code sha256sum} prints for all files in the byte order
 * of their paths, so that it can be checked without this SDK:
 *
 * <pre>{@code
 * find . -type f ! -path ./manifest.json -printf '%P\n' | LC_ALL=C sort \
 *     | xargs -d '\n' sha256sum | sha256sum
 * }</pre>
 *
 * <p>The file {@code manifest.json} at the top is where a manifest is kept; it is never listed.
 * Empty directories are ignored. Immutable and thread-safe.
 *
 * @param files the files, in the order of the bytes of their paths
 */
public record ArtifactManifest(List<ArtifactFile> files) {

  /** The name under which a manifest lies at the top of the directory that it describes. */
  public static final String FILE_NAME = "manifest.json";

  /** How the names of files end that a copy has not completed yet. */
  public static final String PARTIAL = ".refract-partial";

  /**
   * Sorts the files.
   *
   * @throws IllegalArgumentException if two paths are equal, also if only on a file system that
   *     takes upper and lower case for the same
   */
  public ArtifactManifest {
    Set<String> seen = new HashSet<>();
    for (ArtifactFile file : files) {
      checkArgument(
          seen.add(file.path().toLowerCase(Locale.ROOT)),
          "the file '%s' is listed twice, or differs from another only in case",
          file.path());
    }
    files =
        files.stream()
            .sorted(
                Comparator.comparing(
                    file -> file.path().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
            .toList();
  }

  /**
   * Reads every file of a directory.
   *
   * @throws ArtifactException if a file cannot be read, is a symbolic link or something else than a
   *     file, or has a name that is not portable
   */
  public static ArtifactManifest of(Path directory) {
    return of(directory, ProgressListener.none());
  }

  /**
   * Reads every file of a directory.
   *
   * @param progress hears how many bytes are read
   * @throws ArtifactException if a file cannot be read, is a symbolic link or something else than a
   *     file, or has a name that is not portable
   */
  public static ArtifactManifest of(Path directory, ProgressListener progress) {
    DirectoryContent content = DirectoryContent.of(directory);
    if (!content.problems().isEmpty()) {
      throw new ArtifactException(
          "cannot list the files of %s: %s; remove or replace them"
              .formatted(directory, String.join("; ", content.problems())),
          null);
    }
    try (FileDigests digests = new FileDigests("hash " + directory, content.bytes(), progress)) {
      List<ArtifactFile> files = new ArrayList<>();
      content.sizes().forEach((path, size) -> files.add(digests.read(directory, path)));
      return new ArtifactManifest(files);
    } catch (IllegalArgumentException e) {
      throw new ArtifactException(
          "cannot list the files of %s: %s; rename the file".formatted(directory, e.getMessage()),
          e);
    }
  }

  /** Returns the digest over the whole, 64 lower-case hexadecimal digits. */
  public String digest() {
    StringBuilder text = new StringBuilder();
    files.forEach(file -> text.append(file.sha256()).append("  ").append(file.path()).append('\n'));
    return FileDigests.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the sum of all sizes in bytes. */
  public long size() {
    return files.stream().mapToLong(ArtifactFile::size).sum();
  }

  /** Returns the file with a path, if it is listed. */
  public Optional<ArtifactFile> file(String path) {
    return files.stream().filter(file -> file.path().equals(path)).findFirst();
  }

  /**
   * Checks that a directory holds exactly these files.
   *
   * @throws ArtifactException if a file is missing, changed or not listed, is a symbolic link, or
   *     cannot be read; the message names up to ten of them
   */
  public void verify(Path directory) {
    verify(directory, ProgressListener.none());
  }

  /**
   * Checks that a directory holds exactly these files.
   *
   * @param progress hears how many bytes are read
   * @throws ArtifactException if a file is missing, changed or not listed, is a symbolic link, or
   *     cannot be read; the message names up to ten of them
   */
  public void verify(Path directory, ProgressListener progress) {
    DirectoryContent content = DirectoryContent.of(directory);
    List<String> problems = new ArrayList<>(content.problems());
    Set<String> unlisted = new HashSet<>(content.sizes().keySet());
    try (FileDigests digests = new FileDigests("verify " + directory, size(), progress)) {
      for (ArtifactFile file : files) {
        unlisted.remove(file.path());
        Long size = content.sizes().get(file.path());
        if (size == null) {
          problems.add("'" + file.path() + "' is missing");
        } else if (size != file.size()) {
          problems.add("'%s' has %d bytes instead of %d".formatted(file.path(), size, file.size()));
        } else if (!digests.read(directory, file.path()).equals(file)) {
          problems.add("'" + file.path() + "' has other bytes than listed");
        }
      }
    }
    unlisted.stream().sorted().forEach(path -> problems.add("'" + path + "' is not listed"));
    if (!problems.isEmpty()) {
      String more = problems.size() > 10 ? "; and " + (problems.size() - 10) + " more" : "";
      throw new ArtifactException(
          "%s is not what its manifest says: %s%s; restore it from a copy"
              .formatted(directory, String.join("; ", problems.stream().limit(10).toList()), more),
          null);
    }
  }

  /**
   * Copies exactly these files, and checks their bytes on the way. A copy that was killed half way
   * is continued by another call. The file {@code manifest.json} is not copied.
   *
   * @param source the directory that holds the files
   * @param target a directory that does not exist, is empty, or holds a part of the same copy
   * @param progress hears how many bytes are copied
   * @throws ArtifactException if the source is not what this manifest says, the target holds
   *     anything else, or copying fails
   */
  public void copy(Path source, Path target, ProgressListener progress) {
    new VerifiedCopy(this, source, target).run(progress);
  }

  /** Returns this manifest as JSON, over several lines. */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("digest", digest());
    JsonArray list = new JsonArray();
    for (ArtifactFile file : files) {
      JsonObject entry = new JsonObject();
      entry.addProperty("path", file.path());
      entry.addProperty("size", file.size());
      entry.addProperty("sha256", file.sha256());
      list.add(entry);
    }
    json.add("files", list);
    return Json.pretty(json);
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws IllegalArgumentException if the text is not such JSON, a path is hostile, or the digest
   *     does not fit the files
   */
  public static ArtifactManifest fromJson(String text) {
    JsonObject json = Json.parse(text);
    checkArgument(
        json.has("files") && json.get("files").isJsonArray(), "member 'files' is missing");
    List<ArtifactFile> files = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("files")) {
      checkArgument(element.isJsonObject(), "an entry of 'files' is not an object: %s", element);
      JsonObject entry = element.getAsJsonObject();
      files.add(
          new ArtifactFile(
              Json.string(entry, "path"),
              Json.wholeNumber(entry, "size"),
              Json.string(entry, "sha256")));
    }
    ArtifactManifest manifest = new ArtifactManifest(files);
    checkArgument(
        manifest.digest().equals(Json.string(json, "digest")),
        "the digest of the manifest does not fit its files");
    return manifest;
  }
}
