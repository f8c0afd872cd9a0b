package io.refract.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScorerTest {

  private final EchoModel model = new EchoModel();
  private final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());

  @Test
  void outputs_stand_in_the_order_of_the_inputs_and_the_function_is_called_once() {
    try (Scorer<String, String> scorer = Scorer.of(this::shout, model)) {
      assertThat(scorer.scoreAll(Arrays.asList("a", null, "b", " ", "c")))
          .containsExactly("A", null, "B", null, "C");
    }

    assertThat(calls).containsExactly(List.of("a", "b", "c"));
  }

  /** Spaces of Java, spaces of Python, and those that only one of them knows. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\r\n", "\u00a0", "\u2003 ", "\u3000", "\u0085", "\u001c"})
  void blank_texts_give_null_and_do_not_reach_the_function(String blank) {
    try (Scorer<String, String> scorer = Scorer.of(this::shout, model)) {
      assertThat(scorer.score(blank)).isNull();
      assertThat(scorer.score(null)).isNull();
    }

    assertThat(calls).isEmpty();
  }

  @Test
  void inputs_that_are_no_texts_are_never_blank() {
    ScoreFunction<Integer, Integer> twice =
        (text, inputs) -> inputs.stream().map(number -> 2 * number).toList();

    try (Scorer<Integer, Integer> scorer = Scorer.of(twice, model)) {
      assertThat(scorer.scoreAll(Arrays.asList(0, null, 3))).containsExactly(0, null, 6);
    }
  }

  @Test
  void no_inputs_give_no_outputs() {
    try (Scorer<String, String> scorer = Scorer.of(this::shout, model)) {
      assertThat(scorer.scoreAll(List.of())).isEmpty();
    }
  }

  @Test
  void a_wrong_number_of_outputs_is_an_error() {
    try (Scorer<String, String> scorer = Scorer.of((text, inputs) -> List.of("one"), model)) {
      assertThatExceptionOfType(ScoringException.class)
          .isThrownBy(() -> scorer.scoreAll(List.of("a", "b")))
          .withMessageContaining("cannot score 2 inputs")
          .withMessageContaining("it returned 1 outputs");
    }
  }

  @Test
  void a_null_among_the_outputs_is_an_error() {
    try (Scorer<String, String> scorer =
        Scorer.of((text, inputs) -> Collections.nCopies(inputs.size(), null), model)) {
      assertThatExceptionOfType(ScoringException.class)
          .isThrownBy(() -> scorer.score("a"))
          .withMessageContaining("one of its outputs is null");
    }
  }

  @Test
  void a_failing_function_keeps_its_cause() {
    IllegalStateException cause = new IllegalStateException("no memory for tensors");
    ScoreFunction<String, String> failing =
        (text, inputs) -> {
          throw cause;
        };

    try (Scorer<String, String> scorer = Scorer.of(failing, model)) {
      assertThatExceptionOfType(ScoringException.class)
          .isThrownBy(() -> scorer.score("a"))
          .withMessageContaining("no memory for tensors")
          .withCause(cause);
    }
  }

  @Test
  void a_closed_scorer_has_closed_its_model_once_and_says_so() {
    Scorer<String, String> scorer = Scorer.of(this::shout, model);
    scorer.close();
    scorer.close();

    assertThat(model.closed).hasValue(1);
    assertThatExceptionOfType(ScoringException.class)
        .isThrownBy(() -> scorer.score("a"))
        .withMessageContaining("the scorer is closed");
  }

  @Test
  void closing_waits_for_the_calls_that_are_running() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger closedInside = new AtomicInteger(-1);
    ScoreFunction<String, String> slow =
        (text, inputs) -> {
          inside.countDown();
          await(go);
          closedInside.set(model.closed.get());
          return inputs;
        };
    Scorer<String, String> scorer = Scorer.of(slow, model);
    Thread scoring = new Thread(() -> scorer.score("a"));
    scoring.start();
    inside.await();
    Thread closing = new Thread(scorer::close);
    closing.start();
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    go.countDown();
    scoring.join();
    closing.join();

    assertThat(closedInside).hasValue(0);
    assertThat(model.closed).hasValue(1);
  }

  @Test
  void many_threads_score_at_once() {
    try (Scorer<String, String> scorer = Scorer.of(this::shout, model)) {
      assertThat(
              IntStream.range(0, 200)
                  .parallel()
                  .mapToObj(i -> scorer.score("x" + i))
                  .filter(output -> output != null && output.startsWith("X")))
          .hasSize(200);
    }
  }

  private List<String> shout(TextModel text, List<String> inputs) {
    calls.add(inputs);
    return text.generate(inputs, GenerationSettings.defaults());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Gives each input back in capital letters, and counts how often it is closed. */
  private static final class EchoModel implements TextModel {
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public List<String> generate(List<String> inputs, GenerationSettings settings) {
      return inputs.stream().map(input -> input.toUpperCase(java.util.Locale.ROOT)).toList();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
