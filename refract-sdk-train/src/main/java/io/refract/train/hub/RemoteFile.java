package io.refract.train.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the hub says of a file.
 *
 * @param name its path in the repository
 * @param commit the commit that it was asked of
 * @param etag the SHA-256 of its bytes when it is kept in large-file storage, else the SHA-1 that
 *     git gives it; mirrors may have other marks
 * @param size its size in bytes
 */
record RemoteFile(String name, String commit, String etag, long size) {

  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern GIT_SHA_1 = Pattern.compile("[0-9a-f]{40}");

  /** The mark becomes the name of a file, so that it must be a harmless one. */
  private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  static boolean isEtag(String text) {
    return ETAG.matcher(text).matches() && !text.endsWith(".incomplete");
  }

  /** Returns whether {@link #mismatch} can look at more than the size. */
  boolean verifiable() {
    return SHA_256.matcher(etag).matches() || GIT_SHA_1.matcher(etag).matches();
  }

  /** Returns in words how a file differs from what the hub lists, empty when it does not. */
  String mismatch(FileChannel channel) throws IOException {
    if (channel.size() != size) {
      return "%s bytes instead of %s".formatted(channel.size(), size);
    }
    if (!verifiable()) {
      return "";
    }
    boolean large = SHA_256.matcher(etag).matches();
    MessageDigest digest = newDigest(large ? "SHA-256" : "SHA-1");
    if (!large) {
      // Git hashes a header in front of the bytes.
      digest.update(("blob " + size + "\0").getBytes(StandardCharsets.UTF_8));
    }
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    for (long at = 0; at < size; ) {
      int read = channel.read(buffer.clear(), at);
      if (read < 0) {
        return "an early end";
      }
      digest.update(buffer.flip());
      at += read;
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    return actual.equals(etag) ? "" : "the digest %s instead of %s".formatted(actual, etag);
  }

  private static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has " + algorithm, e);
    }
  }
}
