package io.refract.train.pretrain;

import com.google.common.primitives.Ints;
import io.refract.train.data.EncodedExamples;
import io.refract.train.t5.internal.Seeds;
import io.refract.train.tokenization.T5Tokenizer;

/** Texts of one length, corrupted in another way each epoch. */
final class CorruptedTexts implements EncodedExamples {

  private final SpanCorruption corruption;
  private final int[] prefix;
  private final TokenFile tokens;
  private final long seed;
  private final int[] sentinels;
  private final int endToken;
  private final int padTokenId;
  private final int size;
  private final SpanCorruption.Lengths lengths;
  private final SpanCorruption.Lengths lastLengths;

  CorruptedTexts(
      T5Tokenizer tokenizer,
      SpanCorruption corruption,
      int[] prefix,
      SpanCorruption.Lengths lengths,
      TokenFile tokens,
      long seed) {
    this.corruption = corruption;
    this.prefix = prefix;
    this.tokens = tokens;
    this.seed = seed;
    this.sentinels = tokenizer.sentinelTokenIds();
    this.endToken = tokenizer.eosTokenId();
    this.padTokenId = tokenizer.padTokenId();
    this.lengths = lengths;
    long whole = tokens.tokens() / lengths.text();
    int rest = (int) (tokens.tokens() % lengths.text());
    // A single token has nothing around it that would tell what it was.
    this.size = Ints.checkedCast(whole + (rest >= 2 ? 1 : 0));
    this.lastLengths = rest >= 2 ? corruption.lengths(rest) : lengths;
  }

  private SpanCorruption.Lengths lengths(int example) {
    return example == size - 1 ? lastLengths : lengths;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int sourceTokens(int example) {
    return prefix.length + lengths(example).source();
  }

  @Override
  public int targetTokens(int example) {
    return lengths(example).target();
  }

  @Override
  public int maxSourceTokens() {
    return prefix.length + lengths.source();
  }

  @Override
  public int maxTargetTokens() {
    return lengths.target();
  }

  @Override
  public Encoded example(int example, int epoch) {
    int[] text = tokens.read((long) example * lengths.text(), lengths(example).text());
    SpanCorruption.Corrupted corrupted =
        corruption.corrupt(
            text, sentinels, endToken, Seeds.derive(Seeds.derive(seed, epoch), example));
    int[] source =
        prefix.length == 0 ? corrupted.source() : Ints.concat(prefix, corrupted.source());
    return new Encoded(source, corrupted.target());
  }

  @Override
  public int padTokenId() {
    return padTokenId;
  }
}
