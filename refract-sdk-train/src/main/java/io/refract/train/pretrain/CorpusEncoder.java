package io.refract.train.pretrain;

import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.train.data.DataException;
import io.refract.train.data.EncodedExamples;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns documents into one long row of token ids, and that into texts of one length. */
final class CorpusEncoder {

  /** Documents that are encoded together, on all cores. */
  private static final int CHUNK = 512;

  private final T5Tokenizer tokenizer;
  private final SpanCorruption corruption;
  private final int[] prefix;
  private final SpanCorruption.Lengths lengths;
  private final TokenFile tokens;
  private final List<String> waiting = new ArrayList<>(CHUNK);
  private long documents;

  private CorpusEncoder(
      T5Tokenizer tokenizer,
      SpanCorruption corruption,
      int[] prefix,
      SpanCorruption.Lengths lengths,
      TokenFile tokens) {
    this.tokenizer = tokenizer;
    this.corruption = corruption;
    this.prefix = prefix;
    this.lengths = lengths;
    this.tokens = tokens;
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
    try {
      return new CorpusEncoder(tokenizer, corruption, prefix, lengths, TokenFile.create());
    } catch (IOException e) {
      throw new DataException(
          ("Cannot make a temporary file for token ids in %s: %s. Let the system property"
                  + " java.io.tmpdir name a directory that can be written.")
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
          e);
    }
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

  private void encodeWaiting() throws IOException {
    for (int[] ids : tokenizer.encodeAll(waiting, Integer.MAX_VALUE)) {
      tokens.append(ids, ids.length - 1); // without the end token
    }
    documents += waiting.size();
    waiting.clear();
  }

  /** Returns the texts of all documents. */
  EncodedExamples finish(long seed) throws IOException {
    encodeWaiting();
    tokens.flush();
    if (tokens.tokens() < 2) {
      throw new DataException(
          ("Cannot use the corpus: its %d documents have %d tokens together, and a text needs 2."
                  + " Blank documents do not count.")
              .formatted(documents, tokens.tokens()));
    }
    return new CorruptedTexts(tokenizer, corruption, prefix, lengths, tokens, seed);
  }
}
