package io.refract.train.pretrain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Token ids in a temporary file, so that a corpus may be larger than the heap. The file vanishes
 * with this object.
 *
 * <p>It is read by position, not memory-mapped: see docs/adr/0008. Reading is thread-safe.
 */
final class TokenFile {

  private static final int BUFFERED_TOKENS = 1 << 16;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFERED_TOKENS * Integer.BYTES);
  private long tokens;

  private TokenFile(FileChannel channel) {
    this.channel = channel;
  }

  static TokenFile create() throws IOException {
    Path file = Files.createTempFile("refract-tokens", ".bin");
    return new TokenFile(
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  /** Appends the first tokens of an array. */
  void append(int[] ids, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.putInt(ids[i]);
    }
    tokens += count;
  }

  /** Writes what is still in memory; to be called after the last token and before reading. */
  void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  long tokens() {
    return tokens;
  }

  /** Returns some tokens. */
  int[] read(long first, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Integer.BYTES);
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, first * Integer.BYTES + bytes.position()) < 0) {
          throw new IOException("the file of token ids was cut short");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int[] ids = new int[count];
    bytes.flip().asIntBuffer().get(ids);
    return ids;
  }
}
