package io.refract.data;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Rows of source and target texts that can be read more than once, for example those of a table.
 *
 * <p>{@code Dataset.of(pairs)} of the train module makes a data set of them. Each reading should
 * give the same rows in the same order; else digests and splits differ from one to the next.
 */
public interface TextPairs {

  /** Returns the name of the source as a person knows it, without secrets. */
  String name();

  /**
   * Starts a reading at the first row. Rows are fetched while the stream is consumed, so that a
   * source of any size needs little memory.
   *
   * @return all rows in their order; the caller closes the stream
   * @throws io.refract.RefractException when the source cannot be read; the stream may throw it,
   *     too
   */
  Stream<TextPair> open();

  /**
   * Returns a source of rows that a program makes.
   *
   * @param name its name, not blank
   * @param rows gives a new stream of all rows at each call
   */
  static TextPairs of(String name, Supplier<? extends Stream<TextPair>> rows) {
    checkArgument(!name.isBlank(), "the name of the pairs must not be blank");
    requireNonNull(rows, "rows");
    return new TextPairs() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Stream<TextPair> open() {
        return rows.get();
      }

      @Override
      public String toString() {
        return "TextPairs[" + name + "]";
      }
    };
  }
}
