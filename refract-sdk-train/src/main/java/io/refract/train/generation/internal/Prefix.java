package io.refract.train.generation.internal;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import java.util.Arrays;

/** The tokens of a sequence so far, the start token first. Not thread-safe. */
final class Prefix {

  private final int source;
  private int[] tokens;
  private int length;

  private Prefix(int source, int[] tokens, int length) {
    this.source = source;
    this.tokens = tokens;
    this.length = length;
  }

  /**
   * Begins a sequence.
   *
   * @param source its source's place in the batch
   * @param start the start token
   */
  static Prefix begin(int source, int start) {
    return new Prefix(source, new int[] {start}, 1);
  }

  /** Returns a copy that can go another way. */
  Prefix fork() {
    return new Prefix(source, tokens.clone(), length);
  }

  void add(int token) {
    tokens = Ints.ensureCapacity(tokens, length + 1, length);
    tokens[length++] = token;
  }

  int source() {
    return source;
  }

  /** Returns the number of tokens, the start token counted. */
  int length() {
    return length;
  }

  int token(int index) {
    return tokens[index];
  }

  int last() {
    return tokens[length - 1];
  }

  /** Returns the tokens after the start token. */
  ImmutableIntArray generated() {
    return ImmutableIntArray.copyOf(Arrays.copyOfRange(tokens, 1, length));
  }

  /** Returns whether the last tokens are the first {@code count} of some others. */
  boolean endsWith(int[] others, int from, int count) {
    if (count > length) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (tokens[length - count + i] != others[from + i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the same for the tokens of this sequence itself from an index on. */
  boolean endsWithOwn(int from, int count) {
    return endsWith(tokens, from, count);
  }
}
