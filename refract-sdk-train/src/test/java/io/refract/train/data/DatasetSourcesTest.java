package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.data.TextPair;
import io.refract.data.TextPairs;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Data sets of what a program has or makes. */
class DatasetSourcesTest {

  @Test
  void pairs_are_read_once_closed_and_their_missing_texts_counted() {
    AtomicInteger closed = new AtomicInteger();
    TextPairs tickets =
        TextPairs.of(
            "tickets",
            () ->
                Stream.of(
                        new TextPair("a", "x"),
                        new TextPair(null, "x"),
                        new TextPair("b", null),
                        new TextPair(" ", "x"),
                        new TextPair("c", "y"))
                    .onClose(closed::incrementAndGet));
    Dataset data = Dataset.of(tickets);
    assertThat(closed).hasValue(1);
    assertThat(data.examples()).containsExactly(new Example("a", "x"), new Example("c", "y"));
    assertThat(data.report().emptyCells()).isEqualTo(3);
    assertThat(data.report().skipped())
        .containsEntry("the source is null", new DataReport.Skipped(1, List.of(2L)))
        .containsEntry("the target is null", new DataReport.Skipped(1, List.of(3L)));
    assertThat(data.provenance().name()).isEqualTo("tickets");
    assertThat(data.digest()).isEqualTo(Dataset.of(tickets).digest());
  }

  @Test
  void a_missing_text_and_an_empty_one_give_other_digests() {
    TextPair used = new TextPair("a", "x");
    assertThat(Dataset.of(TextPairs.of("n", () -> Stream.of(used, new TextPair("", "x")))).digest())
        .isNotEqualTo(
            Dataset.of(TextPairs.of("n", () -> Stream.of(used, new TextPair(null, "x")))).digest());
  }

  @Test
  void a_list_an_iterable_and_a_stream_of_the_same_examples_are_the_same_data() {
    List<Example> examples =
        IntStream.range(0, 50).mapToObj(i -> new Example("source " + i, "target " + i)).toList();
    Iterable<Example> iterable = new java.util.LinkedHashSet<>(examples);
    AtomicInteger closed = new AtomicInteger();
    Dataset listed = Dataset.of(examples);
    Dataset iterated = Dataset.of("mine", iterable);
    Dataset streamed =
        Dataset.of("mine", examples.parallelStream().onClose(closed::incrementAndGet));
    assertThat(closed).hasValue(1);
    assertThat(iterated.examples()).isEqualTo(examples).isEqualTo(streamed.examples());
    assertThat(iterated.digest()).isEqualTo(listed.digest()).isEqualTo(streamed.digest());
    assertThat(iterated.report().toString()).isEqualTo("mine: 50 rows read, 50 used, 0 skipped");
  }

  @Test
  void the_failure_of_a_source_comes_through_and_closes_it() {
    AtomicInteger closed = new AtomicInteger();
    Stream<Example> failing =
        IntStream.range(0, 10)
            .mapToObj(i -> new Example("a" + 12 / (5 - i), "x"))
            .onClose(closed::incrementAndGet);
    assertThatThrownBy(() -> Dataset.of("mine", failing)).isInstanceOf(ArithmeticException.class);
    assertThat(closed).hasValue(1);
  }

  @Test
  void texts_of_every_kind_come_back_unchanged() {
    String half = "half a pair \ud83d, whole \ud83d\ude00";
    List<Example> examples =
        List.of(
            new Example("\0 nul", "line\r\nbreak"),
            new Example(half, "\udc00"),
            new Example("日本語 ".repeat(5_000), "é"),
            new Example("after", "it"));
    assertThat(Dataset.of(examples).examples()).isEqualTo(examples);
  }

  @Test
  void more_text_than_is_held_in_memory_comes_back_in_any_order() {
    Dataset data =
        Dataset.of(
            "generated",
            IntStream.range(0, 4_000)
                .mapToObj(i -> new Example(("source " + i + " ").repeat(100), "t" + i)));
    for (int row : new int[] {3_999, 0, 2_000, 1_999, 2_001}) {
      assertThat(data.examples().get(row))
          .isEqualTo(new Example(("source " + row + " ").repeat(100), "t" + row));
    }
    Split split = data.holdOut(0.25, 7);
    assertThat(split.validation().holdOut(0.5, 1).training().examples())
        .hasSize(500)
        .isSubsetOf(data.examples());
    assertThatThrownBy(() -> data.examples().get(4_000))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> data.examples().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
