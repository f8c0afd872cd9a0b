package io.refract.train.generation.internal;

import io.refract.train.tokenization.T5Tokenizer;
import java.util.Arrays;

/**
 * Cuts the text of a sequence into pieces while it grows. The last word is held back, because the
 * next token may go on with it; so is the blank before it, because cleaning up takes blanks away
 * before punctuation; and so are halves of characters.
 *
 * <p>Source of the rules: {@code TextStreamer} of transformers 4.57.6, which prints that blank.
 *
 * <p>Not thread-safe.
 */
public final class TextPieces {

  /** What decoders write for bytes that are no whole character yet. */
  private static final char INCOMPLETE = '\uFFFD';

  private final T5Tokenizer tokenizer;
  private int[] ids = new int[16];
  private int count;
  private int given;

  /** Begins a text. */
  public TextPieces(T5Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Takes the next token.
   *
   * @param token the token
   * @param last whether the sequence ends with it
   * @return what can be printed now
   */
  public String next(int token, boolean last) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = token;
    String text = tokenizer.decode(Arrays.copyOf(ids, count));
    int end = last ? text.length() : Math.max(given, safe(text));
    if (end <= given) {
      return "";
    }
    String piece = text.substring(given, end);
    given = end;
    return piece;
  }

  /** Returns how much of a text cannot change any more. */
  private static int safe(String text) {
    if (text.isEmpty() || text.charAt(text.length() - 1) == INCOMPLETE) {
      return 0;
    }
    // Chinese and the like have no blanks between words.
    if (Character.isIdeographic(text.codePointBefore(text.length()))) {
      return text.length();
    }
    return Math.max(text.lastIndexOf(' '), 0);
  }
}
