package io.refract.train.pretrain;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.train.data.DataException;
import io.refract.train.data.EncodedExamples;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns documents into one long row of token ids, and that into texts of one length. */
final class CorpusEncoder implements Closeable {

  /** Documents that are encoded together, on all cores. */
  private static final int CHUNK = 512;

  private final T5Tokenizer tokenizer;
  private final SpanCorruption corruption;
  private final int[] prefix;
  private final SpanCorruption.Lengths lengths;
  private final TokenFile.Writer tokens = new TokenFile.Writer();
  private final List<String> waiting = new ArrayList<>(CHUNK);
  private long documents;

  private CorpusEncoder(
      T5Tokenizer tokenizer,
      SpanCorruption corruption,
      int[] prefix,
      SpanCorruption.Lengths lengths) {
    this.tokenizer = tokenizer;
    this.corruption = corruption;
    this.prefix = prefix;
    this.lengths = lengths;
  }

  static CorpusEncoder of(
      T5Tokenizer tokenizer,
      SpanCorruption corruption,
      String taskPrefix,
      int maxSourceTokens,
      int maxTargetTokens) {
    int[] prefix = withoutEnd(tokenizer.encode(taskPrefix, Integer.MAX_VALUE));
    SpanCorruption.Lengths lengths =
        corruption.fitting(maxSourceTokens - prefix.length, maxTargetTokens);
    int sentinels = tokenizer.sentinelTokenIds().length;
    int needed = corruption.spans(lengths.text());
    if (needed > sentinels) {
      throw new DataException(
          ("Cannot corrupt texts of %d tokens: they have %d spans, but the tokenizer has %d"
                  + " sentinels. Use shorter sources or longer spans.")
              .formatted(lengths.text(), needed, sentinels));
    }
    return new CorpusEncoder(tokenizer, corruption, prefix, lengths);
  }

  private static int[] withoutEnd(int[] ids) {
    return Arrays.copyOf(ids, ids.length - 1);
  }

  /** Returns what takes the documents. */
  Documents.Reader reporting(ProgressListener progress) {
    return document -> {
      waiting.add(document);
      if (waiting.size() == CHUNK) {
        encodeWaiting();
        progress.onProgress(new ProgressEvent("encoding", documents, -1, "documents", ""));
      }
    };
  }

  private void encodeWaiting() {
    try {
      for (int[] ids : tokenizer.encodeAll(waiting, Integer.MAX_VALUE)) {
        tokens.append(ids, ids.length - 1); // without the end token
      }
    } catch (IOException e) {
      throw cannotKeep(e);
    }
    documents += waiting.size();
    waiting.clear();
  }

  /** Returns the texts of all documents. */
  EncodedExamples finish(long seed) {
    encodeWaiting();
    if (tokens.tokens() < 2) {
      throw new DataException(
          ("Cannot use the corpus: its %d documents have %d tokens together, and a text needs 2."
                  + " Blank documents do not count.")
              .formatted(documents, tokens.tokens()));
    }
    try {
      return new CorruptedTexts(tokenizer, corruption, prefix, lengths, tokens.finish(), seed);
    } catch (IOException e) {
      throw cannotKeep(e);
    }
  }

  /** Tells a disk without room from documents that cannot be read. */
  private static DataException cannotKeep(IOException cause) {
    return new DataException(
        "Cannot keep the token ids of the corpus in a temporary file in %s: %s. Free space there, or name another directory with -Djava.io.tmpdir=..."
            .formatted(System.getProperty("java.io.tmpdir"), cause),
        cause);
  }

  /** Gives up what was not finished. */
  @Override
  public void close() {
    try {
      tokens.close();
    } catch (IOException e) {
      throw cannotKeep(e);
    }
  }
}
