package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelsTest {

  private static Dataset targets(String... targets) {
    List<Example> examples = new ArrayList<>();
    for (String target : targets) {
      examples.add(new Example("text " + examples.size(), target));
    }
    return Dataset.of(examples);
  }

  @Test
  void labels_are_counted_most_frequent_first() {
    assertThat(targets("b", "a", "b", "c").labels().entrySet())
        .containsExactly(Map.entry("b", 2L), Map.entry("a", 1L), Map.entry("c", 1L));
  }

  @Test
  void free_texts_are_no_labels() {
    Dataset summaries =
        targets(IntStream.rangeClosed(0, 1_000).mapToObj(i -> "t" + i).toArray(String[]::new));
    assertThatThrownBy(summaries::labels)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("more than 1,000 different texts, so this is not a classification");
    assertThat(summaries.labels(2_000)).hasSize(1_001);
  }

  @Test
  void unknown_labels_are_told_with_their_rows_and_what_they_may_mean() {
    Dataset data = targets("Lost phone", "lost  phone", "Roaming fees ", "spam", "spam", "spam");
    assertThatThrownBy(() -> data.requireLabels(List.of("Lost phone", "Roaming fees")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("5 of 6 examples have a target that is none of the 2 labels")
        .hasMessageContaining("\n  'spam': 3 examples (4, 5, 6)\n")
        .hasMessageContaining(
            "'lost  phone': 1 example (2); differs from the label 'Lost phone' only by case or white space")
        .hasMessageContaining("'Roaming fees ': 1 example (3); differs from");
    Dataset good = targets("a", "b");
    assertThat(good.requireLabels(List.of("a", "b", "unused"))).isSameAs(good);
  }

  @Test
  void only_the_most_frequent_unknown_labels_are_listed() {
    Dataset data = targets(IntStream.range(0, 100).mapToObj(i -> "t" + i).toArray(String[]::new));
    assertThatThrownBy(() -> data.requireLabels(List.of("t0")))
        .hasMessageContaining("99 of 100")
        .hasMessageEndingWith("... and 79 more");
  }
}
