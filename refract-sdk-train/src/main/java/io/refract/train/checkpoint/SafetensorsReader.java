package io.refract.train.checkpoint;

import static com.google.common.base.Preconditions.checkArgument;

import io.refract.train.checkpoint.SafetensorsHeader.Entry;
import io.refract.train.checkpoint.SafetensorsHeader.MalformedHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the tensors of a safetensors file as 32-bit floats, whatever floating point type they are
 * stored in.
 *
 * <p>The whole header is checked when the file is opened. Tensors are read piece by piece at 64-bit
 * offsets, so that files and tensors may be larger than 2 GiB. Reading leaves no mapping behind;
 * {@link #map} does, and says what that asks of the file.
 *
 * <p>Thread-safe.
 */
public final class SafetensorsReader implements AutoCloseable {

  /** The length of the header stands in the first 8 bytes. */
  private static final int LENGTH_BYTES = Long.BYTES;

  /** Longer headers are refused, as Hugging Face's own reader does. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int PIECE_BYTES = 1 << 20;

  /** Tensors of fewer bytes are not mapped. */
  static final int SMALLEST_MAPPING = 4096;

  private static final Logger LOG = LoggerFactory.getLogger(SafetensorsReader.class);

  private final Path file;
  private final @Nullable Object fileKey;
  private final FileChannel channel;
  private final long dataStart;
  private final SafetensorsHeader header;
  private @Nullable FileChannel writableChannel;
  private boolean writableTried;

  private SafetensorsReader(
      Path file,
      @Nullable Object fileKey,
      FileChannel channel,
      long dataStart,
      SafetensorsHeader header) {
    this.file = file;
    this.fileKey = fileKey;
    this.channel = channel;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Opens a file.
   *
   * @param file the file
   * @return the reader; the caller closes it
   * @throws CheckpointException if the file cannot be read or is not a sound safetensors file
   */
  public static SafetensorsReader open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      long size = channel.size();
      if (size < LENGTH_BYTES) {
        throw new MalformedHeader("it has only %s bytes".formatted(size));
      }
      ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      readFully(channel, length, 0);
      long headerBytes = length.flip().getLong();
      if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
        throw new MalformedHeader(
            "its header claims a length of %s bytes, more than %s"
                .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES));
      }
      long dataStart = LENGTH_BYTES + headerBytes;
      if (dataStart > size) {
        throw new MalformedHeader(
            "its header claims %s bytes but the file has %s; it is damaged or incomplete"
                .formatted(headerBytes, size));
      }
      ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
      readFully(channel, text, LENGTH_BYTES);
      SafetensorsHeader header = SafetensorsHeader.parse(decode(text.flip()), size - dataStart);
      SafetensorsReader reader = new SafetensorsReader(file, key(file), channel, dataStart, header);
      channel = null;
      return reader;
    } catch (MalformedHeader e) {
      throw new CheckpointException(
          "Cannot read the safetensors file %s: %s. Fetch or write the file again."
              .formatted(file, e.getMessage()),
          e);
    } catch (IOException e) {
      throw cannotRead(file, e);
    } finally {
      closeQuietly(channel);
    }
  }

  /** Returns the tensors by name, in the order of the file. */
  public Map<String, TensorInfo> tensors() {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    header.entries().forEach((name, entry) -> tensors.put(name, entry.info()));
    return Collections.unmodifiableMap(tensors);
  }

  /** Returns the free texts of the header, for example {@code format} = {@code pt}. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /**
   * Reads a part of a tensor as floats.
   *
   * <p>F32 is copied bit for bit, F16 and BF16 are widened exactly, F64 is rounded to the nearest
   * float.
   *
   * @param name the tensor
   * @param firstElement the row-major index of the first element to read
   * @param target what to fill from its position to its limit, in its own byte order; its remaining
   *     bytes must be a multiple of four
   * @throws CheckpointException if the tensor is missing, is not of a floating point type, or the
   *     file ended early
   */
  public void read(String name, long firstElement, ByteBuffer target) {
    Entry entry = entry(name);
    StoredType type = SafetensorsHeader.readableType(entry.info().type());
    if (type == null) {
      throw new CheckpointException(
          "Cannot read tensor '%s' of %s as floats: it is stored as %s. Save the model in F32, F16,"
                  .formatted(name, file, entry.info().type())
              + " BF16 or F64.");
    }
    checkArgument(target.remaining() % Float.BYTES == 0, "the target must hold whole floats");
    long elements = target.remaining() / Float.BYTES;
    checkArgument(
        firstElement >= 0 && firstElement + elements <= entry.info().elements(),
        "elements %s to %s are outside of tensor '%s'",
        firstElement,
        firstElement + elements,
        name);
    copy(type, dataStart + entry.begin() + firstElement * type.bytes(), elements, target);
  }

  private void copy(StoredType type, long start, long elements, ByteBuffer target) {
    int pieceElements = PIECE_BYTES / type.bytes();
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long position = start;
    try {
      for (long left = elements; left > 0; ) {
        int count = (int) Math.min(left, pieceElements);
        piece.clear().limit(count * type.bytes());
        readFully(channel, piece, position);
        piece.flip();
        convert(type, piece, target, count);
        position += (long) count * type.bytes();
        left -= count;
      }
    } catch (IOException e) {
      throw cannotRead(file, e);
    }
  }

  private static void convert(StoredType type, ByteBuffer piece, ByteBuffer target, int count) {
    if (type == StoredType.F32) {
      // By bits: going through a float could change the payload of a NaN on some processors.
      target.asIntBuffer().put(piece.asIntBuffer());
      target.position(target.position() + count * Float.BYTES);
      return;
    }
    for (int i = 0; i < count; i++) {
      target.putFloat(type.next(piece));
    }
  }

  /**
   * Maps a tensor into memory, without reading it: the operating system fetches its pages when they
   * are used, and takes them back when memory is short.
   *
   * <p>The mapping outlives this reader. It ends when the garbage collector has found that nobody
   * holds the buffer; on Windows the file cannot be deleted before that. Its length was checked
   * when the file was opened. As long as the mapping lives nobody may cut the file or write into
   * it: a page that is no longer there ends the JVM, and no check can prevent that. Replacing the
   * file by another one that is renamed to its name does no harm, and neither does deleting it.
   *
   * @param name the tensor
   * @param mapping what the pages are for
   * @return all of the tensor as 32-bit floats in native byte order; empty when the file cannot be
   *     used as it is: the tensor is of another type, lies at an address that is no multiple of 4,
   *     is smaller than {@value #SMALLEST_MAPPING} bytes (a page of its own would be more than it
   *     needs) or larger than a buffer of Java (2 GiB), the processor is not little-endian, or, for
   *     {@link Mapping#COPY_ON_WRITE}, the file may not be opened for writing. Then {@link #read}
   *     it.
   * @throws CheckpointException if the tensor is missing, or the file has become shorter
   */
  public Optional<ByteBuffer> map(String name, Mapping mapping) {
    Entry entry = entry(name);
    long bytes = entry.info().elements() * Float.BYTES;
    long start = dataStart + entry.begin();
    if (SafetensorsHeader.readableType(entry.info().type()) != StoredType.F32
        || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN
        || start % Float.BYTES != 0
        || bytes < SMALLEST_MAPPING
        || bytes > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    try {
      if (channel.size() < start + bytes) {
        throw new EOFException("it ends at byte " + channel.size());
      }
      if (mapping == Mapping.READ_ONLY) {
        return Optional.of(inNativeOrder(channel.map(MapMode.READ_ONLY, start, bytes)));
      }
      FileChannel writable = writable();
      return writable == null
          ? Optional.empty()
          : Optional.of(inNativeOrder(writable.map(MapMode.PRIVATE, start, bytes)));
    } catch (IOException e) {
      throw cannotRead(file, e);
    }
  }

  private static ByteBuffer inNativeOrder(ByteBuffer buffer) {
    return buffer.order(ByteOrder.nativeOrder());
  }

  /** Opens the file for writing, which copy on write needs though nothing is ever written. */
  private synchronized @Nullable FileChannel writable() {
    if (!writableTried) {
      writableTried = true;
      try {
        writableChannel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!Objects.equals(key(file), fileKey) || writableChannel.size() != channel.size()) {
          closeQuietly(writableChannel); // Another file has this name by now.
          writableChannel = null;
        }
      } catch (IOException e) {
        LOG.debug("{} is read, not mapped: it cannot be opened for writing ({})", file, e);
      }
    }
    return writableChannel;
  }

  /** Returns what tells a file from another one of the same name, where the system knows it. */
  private static @Nullable Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private Entry entry(String name) {
    Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new CheckpointException(
          "Cannot read tensor '%s': the file %s has no such tensor.".formatted(name, file));
    }
    return entry;
  }

  /** Closes the file; what is mapped stays. */
  @Override
  public synchronized void close() {
    closeQuietly(channel);
    closeQuietly(writableChannel);
  }

  private static String decode(ByteBuffer text) throws MalformedHeader {
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(text);
      return decoded.toString();
    } catch (CharacterCodingException e) {
      throw new MalformedHeader("its header is not UTF-8");
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long start)
      throws IOException {
    long position = start;
    while (target.hasRemaining()) {
      int count = channel.read(target, position);
      if (count < 0) {
        throw new EOFException("it ends at byte " + position);
      }
      position += count;
    }
  }

  private static CheckpointException cannotRead(Path file, IOException cause) {
    return new CheckpointException(
        "Cannot read the safetensors file %s: %s".formatted(file, cause), cause);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new CheckpointException("Cannot close a safetensors file: " + e, e);
      }
    }
  }
}
