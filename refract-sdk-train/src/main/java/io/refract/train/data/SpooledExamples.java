package io.refract.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.refract.train.data.internal.LongList;
import io.refract.train.data.internal.Spool;
import io.refract.train.data.internal.SpoolWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Examples whose texts lie in a spool and are read whenever one is asked for. An example costs 8
 * bytes of heap. Immutable and thread-safe.
 */
final class SpooledExamples extends AbstractList<Example> implements RandomAccess {

  private final Spool spool;
  private final LongList addresses;

  private SpooledExamples(Spool spool, LongList addresses) {
    this.spool = spool;
    this.addresses = addresses;
  }

  @Override
  public Example get(int row) {
    Objects.checkIndex(row, size());
    ByteBuffer record = spool.at(addresses.get(row));
    return new Example(text(record), text(record));
  }

  @Override
  public int size() {
    return addresses.size();
  }

  private static String text(ByteBuffer record) {
    int length = record.getInt();
    if (length < 0) {
      ByteBuffer characters = record.slice().limit(-length);
      record.position(record.position() - length);
      return characters.asCharBuffer().toString();
    }
    byte[] bytes = new byte[length];
    record.get(bytes);
    return new String(bytes, UTF_8);
  }

  /** Writes examples: of each text its length in bytes, and the bytes. */
  static final class Writer implements Closeable {

    private final SpoolWriter spool = new SpoolWriter();
    private final LongList addresses = new LongList();
    private ByteBuffer record = ByteBuffer.allocate(1 << 12);

    void add(Example example) throws IOException {
      record.clear();
      put(example.source());
      put(example.target());
      addresses.add(spool.append(record.flip()));
    }

    private void put(String text) {
      byte[] bytes = text.getBytes(UTF_8);
      // Half of a surrogate pair has no UTF-8 form; its characters are kept raw, under a negative
      // length.
      boolean whole = text.chars().noneMatch(c -> Character.isSurrogate((char) c));
      boolean utf8 = whole || new String(bytes, UTF_8).equals(text);
      byte[] kept = utf8 ? bytes : characters(text);
      if (record.remaining() < kept.length + Integer.BYTES) {
        int size = Math.addExact(Math.addExact(record.position(), kept.length), Integer.BYTES);
        record = ByteBuffer.allocate(size + size / 4).put(record.flip());
      }
      record.putInt(utf8 ? kept.length : -kept.length).put(kept);
    }

    private static byte[] characters(String text) {
      ByteBuffer characters = ByteBuffer.allocate(text.length() * Character.BYTES);
      characters.asCharBuffer().put(text);
      return characters.array();
    }

    int size() {
      return addresses.size();
    }

    SpooledExamples finish() throws IOException {
      return new SpooledExamples(spool.finish(), addresses);
    }

    @Override
    public void close() throws IOException {
      spool.close();
    }
  }
}
