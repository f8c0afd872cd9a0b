package io.refract.train.data;

import io.refract.train.data.internal.LongList;
import io.refract.train.data.internal.Spool;
import io.refract.train.data.internal.SpoolWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Rows of source and target ids in a spool, source before target. Their lengths are in the heap,
 * because a sampler asks for all of them; the place of every {@value #BLOCK}th row is, too, and the
 * places between follow from the lengths.
 */
final class TokenRows {

  private static final int BLOCK = 16;
  private static final int LARGEST_CHARACTER = 1 << Character.SIZE;

  private final Spool spool;
  private final int idBytes;
  private final int[] sourceLengths;
  private final int[] targetLengths;
  private final LongList blocks;

  private TokenRows(Spool spool, Writer writer) {
    this.spool = spool;
    this.idBytes = writer.idBytes;
    this.sourceLengths = writer.sourceLengths;
    this.targetLengths = writer.targetLengths;
    this.blocks = writer.blocks;
  }

  int size() {
    return sourceLengths.length;
  }

  int sourceTokens(int row) {
    return sourceLengths[row];
  }

  int targetTokens(int row) {
    return targetLengths[row];
  }

  int[] source(int row) {
    return read(row, 0, sourceLengths[Objects.checkIndex(row, size())]);
  }

  int[] target(int row) {
    return read(row, sourceLengths[Objects.checkIndex(row, size())], targetLengths[row]);
  }

  private int[] read(int row, int skipped, int length) {
    int before = skipped;
    for (int other = row - row % BLOCK; other < row; other++) {
      before += sourceLengths[other] + targetLengths[other];
    }
    ByteBuffer bytes = spool.at(blocks.get(row / BLOCK));
    bytes.position(bytes.position() + before * idBytes);
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = idBytes == Character.BYTES ? bytes.getChar() : bytes.getInt();
    }
    return ids;
  }

  /** Writes rows; those of a block are one record, so that they stay together. */
  static final class Writer implements Closeable {

    private final SpoolWriter spool = new SpoolWriter();
    private final LongList blocks = new LongList();
    private final int idBytes;
    private final int[] sourceLengths;
    private final int[] targetLengths;
    private ByteBuffer block = ByteBuffer.allocate(1 << 12);
    private int rows;

    Writer(int size, int vocabularySize) {
      idBytes = vocabularySize <= LARGEST_CHARACTER ? Character.BYTES : Integer.BYTES;
      sourceLengths = new int[size];
      targetLengths = new int[size];
    }

    void add(int[] source, int[] target) throws IOException {
      sourceLengths[rows] = source.length;
      targetLengths[rows] = target.length;
      put(source);
      put(target);
      rows++;
      if (rows % BLOCK == 0) {
        flush();
      }
    }

    private void put(int[] ids) {
      int bytes = Math.multiplyExact(ids.length, idBytes);
      if (block.remaining() < bytes) {
        int size = Math.addExact(block.position(), bytes);
        block = ByteBuffer.allocate(size + size / 4).put(block.flip());
      }
      for (int id : ids) {
        if (idBytes == Character.BYTES) {
          block.putChar((char) id);
        } else {
          block.putInt(id);
        }
      }
    }

    private void flush() throws IOException {
      blocks.add(spool.append(block.flip()));
      block.clear();
    }

    TokenRows finish() throws IOException {
      if (rows % BLOCK != 0) {
        flush();
      }
      return new TokenRows(spool.finish(), this);
    }

    @Override
    public void close() throws IOException {
      spool.close();
    }
  }
}
