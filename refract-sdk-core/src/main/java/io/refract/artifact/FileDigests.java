package io.refract.artifact;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads files, computes their SHA-256, and reports the bytes of all of them together. */
final class FileDigests implements AutoCloseable {

  private final String task;
  private final long total;
  private final ProgressListener progress;
  private final byte[] buffer = new byte[1 << 20];
  private long done;

  FileDigests(String task, long total, ProgressListener progress) {
    this.task = task;
    this.total = total;
    this.progress = progress;
  }

  /** Returns the entry of one file. */
  ArtifactFile read(Path directory, String path) {
    return copy(directory, path, OutputStream.nullOutputStream());
  }

  /** Returns the entry of one file, whose bytes also go to a stream. */
  ArtifactFile copy(Path directory, String path, OutputStream out) {
    MessageDigest digest = newDigest();
    long size = 0;
    try (InputStream in =
        Files.newInputStream(directory.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
        size += read;
        done += read;
        progress.onProgress(new ProgressEvent(task, Math.min(done, total), total, "bytes", path));
      }
    } catch (IOException e) {
      throw new ArtifactException(
          "cannot read the file %s: %s; check that it exists and can be read"
              .formatted(directory.resolve(path), e),
          e);
    }
    return new ArtifactFile(path, size, HexFormat.of().formatHex(digest.digest()));
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(newDigest().digest(bytes));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** Reports the end, also when sizes had changed in between. */
  @Override
  public void close() {
    progress.onProgress(new ProgressEvent(task, total, total, "bytes", ""));
  }
}
