package io.refract.train.data.internal;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes records one after the other. Up to {@value #IN_MEMORY} bytes stay in memory; from there on
 * everything goes to a file in the directory of {@code java.io.tmpdir}.
 *
 * <p>The file is written, not mapped, so that a full disk is an {@link IOException}. It is opened
 * with {@code DELETE_ON_CLOSE}: Linux and macOS take its name away at once, so that not even a
 * killed process leaves it behind; Windows deletes it with its last mapping. Not thread-safe.
 */
public final class SpoolWriter implements Closeable {

  /** How many bytes are held back before they are written. */
  static final int IN_MEMORY = 1 << 20;

  /** A mapping of Java holds less than 2 GiB. */
  private static final int SEGMENT = 1 << 30;

  private static final int FIRST_BUFFER = 1 << 13;

  private final int inMemory;
  private final int segmentSize;
  private final List<Long> segmentStarts = new ArrayList<>(List.of(0L));
  private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BUFFER);
  private @Nullable FileChannel file;
  private long bytes;

  /** Creates a writer of no records. */
  public SpoolWriter() {
    this(IN_MEMORY, SEGMENT);
  }

  /** Creates a writer with other limits, for tests. */
  SpoolWriter(int inMemory, int segmentSize) {
    this.inMemory = inMemory;
    this.segmentSize = segmentSize;
  }

  /**
   * Writes a record.
   *
   * @param record its bytes, from the position to the limit
   * @return its address
   * @throws IOException when the disk is full, or the directory cannot be written
   */
  public long append(ByteBuffer record) throws IOException {
    int length = record.remaining();
    long start = segmentStarts.get(segmentStarts.size() - 1);
    if (bytes > start && bytes - start + length > segmentSize) {
      segmentStarts.add(bytes);
      start = bytes;
    }
    long address = Spool.address(segmentStarts.size() - 1, (int) (bytes - start));
    bytes += length;
    if (length > buffer.remaining()) {
      makeRoom(length);
    }
    if (length <= buffer.remaining()) {
      buffer.put(record);
    } else {
      write(record);
    }
    return address;
  }

  /** A second segment needs a file, too: a buffer in memory is only one. */
  private void makeRoom(int length) throws IOException {
    int wanted = buffer.capacity();
    while (wanted < inMemory && wanted < buffer.position() + length) {
      wanted *= 2;
    }
    if (wanted > buffer.capacity()) {
      buffer = ByteBuffer.allocate(wanted).put(buffer.flip());
    }
    if (length > buffer.remaining()) {
      flush();
    }
  }

  private void flush() throws IOException {
    write(buffer.flip());
    buffer.clear();
  }

  private void write(ByteBuffer content) throws IOException {
    if (file == null) {
      file =
          FileChannel.open(
              Files.createTempFile("refract-data-", ".spool"), READ, WRITE, DELETE_ON_CLOSE);
    }
    while (content.hasRemaining()) {
      file.write(content);
    }
  }

  /**
   * Returns the records; the writer takes no more.
   *
   * @throws IOException when the last bytes cannot be written or the file cannot be mapped
   */
  public Spool finish() throws IOException {
    if (file == null && segmentStarts.size() == 1) {
      return new Spool(List.of(trimmed()), bytes);
    }
    flush();
    List<ByteBuffer> segments = new ArrayList<>();
    for (int i = 0; i < segmentStarts.size(); i++) {
      long start = segmentStarts.get(i);
      long end = i + 1 < segmentStarts.size() ? segmentStarts.get(i + 1) : bytes;
      segments.add(map(start, end - start));
    }
    close();
    return new Spool(segments, bytes);
  }

  private ByteBuffer trimmed() {
    ByteBuffer content = buffer.flip();
    return ByteBuffer.allocate(content.remaining()).put(content).flip().asReadOnlyBuffer();
  }

  private ByteBuffer map(long start, long length) throws IOException {
    if (file == null) {
      throw new IOException("the temporary file is closed");
    }
    return file.map(FileChannel.MapMode.READ_ONLY, start, length);
  }

  /** Gives the file up; mappings of it live on. Closing twice does nothing. */
  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
