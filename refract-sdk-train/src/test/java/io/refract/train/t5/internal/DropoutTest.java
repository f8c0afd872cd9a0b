package io.refract.train.t5.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {

  private static final int MANY = 400_000;

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private boolean[] zeros(double rate, long seed, long part, int count) {
    return Dropout.of(rate, seed).part(part).zeros(manager, new Shape(count)).toBooleanArray();
  }

  private static long count(boolean[] values) {
    return IntStream.range(0, values.length).filter(i -> values[i]).count();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0001, 0.1, 0.5, 0.9})
  void as_many_elements_become_zeros_as_the_probability_says(double rate) {
    double share = (double) count(zeros(rate, 3, 0, MANY)) / MANY;
    double deviation = Math.sqrt(rate * (1 - rate) / MANY);
    assertThat(share).isCloseTo(rate, within(5 * deviation + 1.0 / (1 << 16)));
  }

  @Test
  void neighbours_are_independent() {
    boolean[] zeros = zeros(0.5, 4, 0, MANY);
    for (int distance = 1; distance <= 8; distance++) {
      int lag = distance;
      long equal = IntStream.range(0, MANY - lag).filter(i -> zeros[i] == zeros[i + lag]).count();
      assertThat(equal / (double) (MANY - lag)).isCloseTo(0.5, within(0.005));
    }
  }

  @Test
  void the_mean_of_what_is_kept_and_scaled_is_that_of_the_input() {
    NDArray ones = manager.ones(new Shape(MANY));
    float[] dropped = Dropout.of(0.25, 5).part(1).apply(ones).toFloatArray();
    double sum = 0;
    for (float value : dropped) {
      assertThat(value == 0f || Math.abs(value - 4 / 3f) < 1e-6f).isTrue();
      sum += value;
    }
    assertThat(sum / MANY).isCloseTo(1, within(0.01));
  }

  @Test
  void a_part_draws_the_same_zeros_again_and_another_part_other_ones() {
    assertThat(zeros(0.1, 7, 2, 1000)).isEqualTo(zeros(0.1, 7, 2, 1000));
    assertThat(zeros(0.1, 7, 2, 1000)).isNotEqualTo(zeros(0.1, 7, 3, 1000));
    assertThat(zeros(0.1, 7, 2, 1000)).isNotEqualTo(zeros(0.1, 8, 2, 1000));
    Dropout part = Dropout.of(0.1, 7).part(2);
    boolean[] first = part.zeros(manager, new Shape(1000)).toBooleanArray();
    assertThat(part.zeros(manager, new Shape(1000)).toBooleanArray()).isNotEqualTo(first);
  }

  @Test
  void the_number_of_threads_changes_nothing() {
    int before = JniUtils.getNumThreads();
    try {
      JniUtils.setNumThreads(1);
      boolean[] alone = zeros(0.1, 9, 0, MANY + 3);
      JniUtils.setNumThreads(3);
      assertThat(zeros(0.1, 9, 0, MANY + 3)).isEqualTo(alone);
    } finally {
      JniUtils.setNumThreads(before);
    }
  }

  @Test
  void without_dropout_the_input_itself_comes_back() {
    NDArray x = manager.ones(new Shape(3));
    assertThat(Dropout.NONE.part(0).apply(x)).isSameAs(x);
    assertThat(Dropout.of(0, 1).part(0).apply(x)).isSameAs(x);
    assertThat(Dropout.scale(0)).isEqualTo(1);
  }

  @Test
  void zeros_are_drawn_for_a_part_only() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Dropout.of(0.1, 1).zeros(manager, new Shape(3)))
        .withMessageContaining("part");
    assertThatIllegalArgumentException().isThrownBy(() -> Dropout.of(1, 1));
  }
}
