package io.refract.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamedScoringTest {

  private final List<Integer> windows = new ArrayList<>();

  private final TextModel model =
      new TextModel() {
        @Override
        public List<String> generate(List<String> inputs, GenerationSettings settings) {
          windows.add(inputs.size());
          return inputs.stream().map(it -> it + "!").toList();
        }

        @Override
        public void close() {}
      };

  private final GenerationSettings settings = GenerationSettings.defaults();

  @Test
  void outputs_stand_in_the_order_of_the_inputs() {
    List<String> outputs =
        model.generate(IntStream.range(0, 1200).mapToObj(i -> "text " + i), settings).toList();
    assertThat(outputs)
        .isEqualTo(IntStream.range(0, 1200).mapToObj(i -> "text " + i + "!").toList());
    assertThat(windows).containsExactly(512, 512, 176);
  }

  @Test
  void no_more_than_a_window_is_taken_ahead() {
    AtomicInteger taken = new AtomicInteger();
    Stream<String> endless = Stream.generate(() -> "text " + taken.incrementAndGet());
    Iterator<String> outputs = model.generate(endless, settings).iterator();
    for (int i = 1; i <= 1500; i++) {
      assertThat(outputs.next()).isEqualTo("text " + i + "!");
      assertThat(taken.get() - i).isLessThanOrEqualTo(2 * Windows.SIZE);
    }
  }

  @Test
  void the_inputs_are_closed_with_the_outputs() {
    AtomicBoolean closed = new AtomicBoolean();
    try (Stream<String> outputs =
        model.generate(Stream.of("a").onClose(() -> closed.set(true)), settings)) {
      assertThat(outputs.toList()).containsExactly("a!");
      assertThat(closed).isFalse();
    }
    assertThat(closed).isTrue();
  }

  @Test
  void a_scorer_gives_null_for_null_in_a_stream_too() {
    try (Scorer<String, String> scorer = Scorer.of(new TextToText("p ", settings), model)) {
      Stream<@Nullable String> inputs = Stream.of("a", null, " ", "b");
      assertThat(scorer.scoreAll(inputs)).containsExactly("p a!", null, null, "p b!");
    }
  }
}
