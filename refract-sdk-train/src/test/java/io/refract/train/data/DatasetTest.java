package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatasetTest {

  private static Dataset numbers(int rows, int texts) {
    Random random = new Random(1);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      String blanks = " ".repeat(1 + random.nextInt(3));
      examples.add(new Example("text" + blanks + random.nextInt(texts), "target " + i));
    }
    return Dataset.of(examples);
  }

  private static Set<String> texts(Dataset data) {
    Set<String> texts = new HashSet<>();
    data.examples().forEach(example -> texts.add(example.source().replaceAll("\\s+", " ")));
    return texts;
  }

  @Test
  void no_source_text_stands_on_both_sides() {
    for (long seed = 0; seed < 50; seed++) {
      Split split = numbers(400, 150).holdOut(0.2, seed);
      assertThat(split.training().size() + split.validation().size()).isEqualTo(400);
      assertThat(split.validation().size()).isBetween(80, 90);
      assertThat(texts(split.training())).doesNotContainAnyElementsOf(texts(split.validation()));
    }
  }

  @Test
  void unicode_forms_and_white_space_make_no_other_text() {
    Dataset data =
        Dataset.of(
            List.of(
                new Example("caf\u00e9 open", "a"),
                new Example("cafe\u0301\n open ", "b"),
                new Example("caf\u00e9\u00a0open", "c"),
                new Example("other", "d")));
    for (long seed = 0; seed < 8; seed++) {
      Split split = data.holdOut(0.25, seed);
      assertThat(Set.of(split.training().size(), split.validation().size()))
          .containsExactlyInAnyOrder(1, 3);
    }
  }

  @Test
  void the_same_seed_gives_the_same_split_and_another_seed_another() {
    Dataset data = numbers(100, 1000);
    assertThat(data.holdOut(0.1, 42).validation().examples())
        .isEqualTo(data.holdOut(0.1, 42).validation().examples())
        .isNotEqualTo(data.holdOut(0.1, 43).validation().examples());
    assertThat(data.holdOut(0.1, 42).validation().size()).isEqualTo(10);
  }

  /** Written down once; java.util.Random is specified, so no JVM may give another choice. */
  @Test
  void the_split_of_a_seed_is_the_same_on_every_machine() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      examples.add(new Example("s" + i, "t" + i));
    }
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    java.util.Collections.shuffle(order, new Random(42));
    Set<String> expected = Set.of("s" + order.get(0), "s" + order.get(1), "s" + order.get(2));
    assertThat(Dataset.of(examples).holdOut(0.3, 42).validation().examples())
        .extracting(Example::source)
        .containsExactlyInAnyOrderElementsOf(expected)
        .isSorted();
  }

  @Test
  void neither_side_of_a_split_is_empty() {
    Dataset two = Dataset.of(List.of(new Example("a", "x"), new Example("b", "y")));
    assertThat(two.holdOut(0.01, 1).validation().size()).isEqualTo(1);
    assertThat(two.holdOut(0.99, 1).training().size()).isEqualTo(1);
    Dataset one = Dataset.of(List.of(new Example("a", "x"), new Example(" a", "y")));
    assertThatThrownBy(() -> one.holdOut(0.5, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("they have 1 source text in all");
    assertThatIllegalArgumentException().isThrownBy(() -> two.holdOut(1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> two.holdOut(Double.NaN, 1));
  }

  @Test
  void parts_tell_where_they_come_from() {
    Dataset data = numbers(100, 1000);
    Dataset part = data.holdOut(0.1, 42).training().first(5);
    assertThat(part.size()).isEqualTo(5);
    assertThat(part.digest()).isEqualTo(data.digest());
    assertThat(part.provenance().split()).isEqualTo("hold-out 0.1, training side, first 5");
    assertThat(part.provenance().seed()).isEqualTo(42);
    assertThat(part.provenance().rows()).isEqualTo(5);
  }

  @Test
  void the_digest_of_examples_depends_on_every_text_and_its_place() {
    Set<String> digests = new HashSet<>();
    for (List<Example> examples :
        List.of(
            List.of(new Example("ab", "c")),
            List.of(new Example("a", "bc")),
            List.of(new Example("c", "ab")),
            List.of(new Example("ab", "c"), new Example("ab", "c")))) {
      digests.add(Dataset.of(examples).digest());
    }
    assertThat(digests).hasSize(4);
  }

  @Test
  void blank_examples_are_skipped_by_position() {
    DataReport report =
        Dataset.of(List.of(new Example("a", "b"), new Example(" ", "b"), new Example("a", "")))
            .report();
    assertThat(report.skipped())
        .containsEntry("the source is empty", new DataReport.Skipped(1, List.of(2L)))
        .containsEntry("the target is empty", new DataReport.Skipped(1, List.of(3L)));
    assertThatThrownBy(() -> Dataset.of(List.of())).isInstanceOf(DataException.class);
  }
}
