package io.refract.train.pretrain;

import io.refract.train.data.internal.LongList;
import io.refract.train.data.internal.Spool;
import io.refract.train.data.internal.SpoolWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Token ids in a temporary file, so that a corpus may be larger than the heap. The file vanishes
 * with this object.
 *
 * <p>Ids are written in records of one length, because only a record lies in one piece; what
 * straddles two of them is joined when it is read. Reading is thread-safe, and does not mind
 * interrupts, with which batches that nobody wants any more are stopped.
 */
final class TokenFile {

  private static final int RECORD_TOKENS = 1 << 16;

  private final Spool spool;
  private final LongList records;
  private final long tokens;

  private TokenFile(Spool spool, LongList records, long tokens) {
    this.spool = spool;
    this.records = records;
    this.tokens = tokens;
  }

  long tokens() {
    return tokens;
  }

  /** Returns some tokens. */
  int[] read(long first, int count) {
    int[] ids = new int[count];
    int done = 0;
    while (done < count) {
      long next = first + done;
      int offset = (int) (next % RECORD_TOKENS);
      int length = Math.min(count - done, RECORD_TOKENS - offset);
      ByteBuffer record = spool.at(records.get((int) (next / RECORD_TOKENS)));
      record.position(record.position() + offset * Integer.BYTES);
      record.asIntBuffer().get(ids, done, length);
      done += length;
    }
    return ids;
  }

  /** Writes token ids one after the other. */
  static final class Writer implements Closeable {

    private final SpoolWriter spool = new SpoolWriter();
    private final LongList records = new LongList();
    private final ByteBuffer record = ByteBuffer.allocate(RECORD_TOKENS * Integer.BYTES);
    private long tokens;

    /** Appends the first tokens of an array. */
    void append(int[] ids, int count) throws IOException {
      for (int i = 0; i < count; i++) {
        record.putInt(ids[i]);
        if (!record.hasRemaining()) {
          endRecord();
        }
      }
      tokens += count;
    }

    private void endRecord() throws IOException {
      records.add(spool.append(record.flip()));
      record.clear();
    }

    long tokens() {
      return tokens;
    }

    /** Returns all tokens; the writer takes no more. */
    TokenFile finish() throws IOException {
      if (record.position() > 0) {
        endRecord();
      }
      return new TokenFile(spool.finish(), records, tokens);
    }

    /** Gives the file up; what was finished can be read on. */
    @Override
    public void close() throws IOException {
      spool.close();
    }
  }
}
