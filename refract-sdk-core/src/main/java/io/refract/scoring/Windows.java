package io.refract.scoring;

import com.google.common.collect.Iterators;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Takes a stream through a function of lists, one window after the other, in order. */
final class Windows {

  /** Inputs of a window: enough to sort them by length, and little memory. */
  static final int SIZE = 512;

  private Windows() {}

  /**
   * Returns the outputs, lazily: a window is taken from the inputs when its first output is asked
   * for, and the one before is forgotten by then.
   *
   * @param inputs closed with the outputs
   * @param function returns one output for each input of a window
   */
  static <I extends @Nullable Object, O extends @Nullable Object> Stream<O> map(
      Stream<I> inputs, Function<List<I>, List<O>> function) {
    Spliterator<List<I>> windows =
        Spliterators.spliteratorUnknownSize(
            Iterators.partition(inputs.iterator(), SIZE), Spliterator.ORDERED);
    return StreamSupport.stream(windows, false)
        .flatMap(window -> function.apply(window).stream())
        .onClose(inputs::close);
  }
}
