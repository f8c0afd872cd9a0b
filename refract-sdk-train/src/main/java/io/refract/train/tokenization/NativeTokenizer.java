package io.refract.train.tokenization;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The native tokenizers library behind a lock, so that closing waits for the calls that run.
 *
 * <p>Ids are read straight from the native encoding: DJL's own {@code Encoding} also copies the
 * piece, the type and the offsets of each token, which nothing here needs.
 */
final class NativeTokenizer implements AutoCloseable {

  private static final TokenizersLibrary LIBRARY;

  static {
    // On a machine with CUDA, DJL would fetch another build of the library from its own server; the
    // one in the jar does the same work. It would also report its use to its makers from EC2.
    setUnlessChosen("RUST_FLAVOR", "cpu");
    setUnlessChosen("OPT_OUT_TRACKING", "true");
    LIBRARY = TokenizersLibrary.LIB;
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final HuggingFaceTokenizer tokenizer;
  private boolean closed;

  /**
   * Starts a tokenizer.
   *
   * @param json the content of {@code tokenizer.json}
   * @throws IOException when the content cannot be read
   * @throws RuntimeException when the native library refuses the content
   */
  NativeTokenizer(byte[] json) throws IOException {
    tokenizer =
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json), Map.of("truncation", "false", "padding", "false"));
  }

  private static void setUnlessChosen(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** Returns the ids of a text with the special tokens that the file's post-processor adds. */
  long[] encode(String text) {
    return call(handle -> take(LIBRARY.encode(handle, text, true)));
  }

  /** Returns the ids of each text; the library spreads the texts over the processor's cores. */
  long[][] encodeAll(List<String> texts) {
    return call(
        handle -> {
          long[] encodings = LIBRARY.batchEncode(handle, texts.toArray(new String[0]), true);
          long[][] ids = new long[encodings.length][];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = take(encodings[i]);
          }
          return ids;
        });
  }

  private static long[] take(long encoding) {
    try {
      return LIBRARY.getTokenIds(encoding);
    } finally {
      LIBRARY.deleteEncoding(encoding);
    }
  }

  /** Returns the parts of a text, in its code points, that a token of this id stands for. */
  List<CharSpan> spansOf(String text, int id) {
    return call(
        handle -> {
          long encoding = LIBRARY.encode(handle, text, true);
          try {
            long[] ids = LIBRARY.getTokenIds(encoding);
            CharSpan[] spans = LIBRARY.getTokenCharSpans(encoding);
            return IntStream.range(0, ids.length)
                .filter(token -> ids[token] == id && spans[token] != null)
                .mapToObj(token -> spans[token])
                .toList();
          } finally {
            LIBRARY.deleteEncoding(encoding);
          }
        });
  }

  /** Returns the text of each row of ids, special tokens left out. */
  String[] decodeAll(long[][] ids) {
    return call(handle -> LIBRARY.batchDecode(handle, ids, true));
  }

  private <T> T call(Function<Long, T> work) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the tokenizer is closed");
      }
      return work.apply(tokenizer.getHandle());
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      tokenizer.close();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
