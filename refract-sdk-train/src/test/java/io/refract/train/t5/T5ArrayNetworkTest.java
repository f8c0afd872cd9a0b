package io.refract.train.t5;

import static io.refract.train.optim.Objective.CROSS_ENTROPY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.Floats;
import io.refract.train.data.Batch;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.Golden.GoldenBatch;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must never reach the native engine, and what must not pile up in memory. */
class T5ArrayNetworkTest {

  private static final int VOCABULARY = 64;

  private NDManager manager;
  private Golden golden;
  private T5ArrayNetwork network;

  @BeforeEach
  void open() throws IOException {
    golden = Golden.load("v1_1");
    manager = NDManager.newBaseManager("PyTorch");
    network = golden.network(manager);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static Batch batch(long sourceId, long label) {
    return new Batch(
        1, 2, 2, new long[] {sourceId, 1}, new long[] {1, 1}, new long[] {label, 1}, 2);
  }

  private void assertRefused(Batch batch, String reason) {
    try (NDManager step = manager.newSubManager()) {
      assertThatThrownBy(() -> network.lossSum(step, batch, Dropout.NONE, CROSS_ENTROPY))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(reason);
    }
  }

  @Test
  void an_id_outside_of_the_vocabulary_is_an_argument_error() {
    assertRefused(batch(VOCABULARY, 5), "input id 64 lies outside of the vocabulary");
    assertRefused(batch(-1, 5), "input id -1 lies outside");
    assertRefused(batch(Long.MAX_VALUE, 5), "lies outside");
    assertRefused(batch(5, VOCABULARY), "label 64 lies outside");
    assertRefused(batch(5, -1), "label -1 lies outside");
  }

  @Test
  void a_batch_without_any_real_label_is_an_argument_error() {
    Batch batch = new Batch(1, 1, 2, new long[] {1}, new long[] {1}, new long[] {-100, -100}, 0);
    assertRefused(batch, "at least one label");
  }

  @Test
  void arrays_that_are_no_rectangle_are_an_argument_error() {
    try (NDManager step = manager.newSubManager()) {
      assertThatThrownBy(() -> network.encode(step, new long[5], new long[5], 2, Dropout.NONE))
          .hasMessageContaining("cannot be cut into 2 rows");
      assertThatThrownBy(() -> network.encode(step, new long[0], new long[0], 1, Dropout.NONE))
          .hasMessageContaining("at least 1");
      assertThatThrownBy(() -> network.encode(step, new long[4], new long[3], 2, Dropout.NONE))
          .hasMessageContaining("attention mask has 3 values");
      EncoderOutput encoded =
          network.encode(step, new long[4], new long[] {1, 1, 1, 1}, 2, Dropout.NONE);
      assertThatThrownBy(() -> network.logits(encoded, batch(5, 5), Dropout.NONE))
          .hasMessageContaining("labels of 1 rows do not fit sources of 2 rows");
    }
  }

  @Test
  void a_decoder_takes_no_more_tokens_than_it_was_made_for() {
    try (NDManager scope = manager.newSubManager()) {
      EncoderOutput encoded =
          network.encode(scope, new long[] {1}, new long[] {1}, 1, Dropout.NONE);
      try (StepDecoder decoder = network.stepDecoder(encoded, 1)) {
        decoder.next(scope, new long[] {0});
        assertThatThrownBy(() -> decoder.next(scope, new long[] {5}))
            .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> network.stepDecoder(encoded, 0))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void selected_rows_go_on_with_their_own_tokens_and_sources() {
    GoldenBatch batch = golden.batches().get(0);
    long[] tokens = {3, 4, 5, 6, 7, 8, 9, 10};
    int last = batch.rows() - 1;
    float[] all = secondLogits(batch, tokens, null, 11);
    float[] chosen = secondLogits(batch, tokens, new int[] {last, 0, last}, 11);
    int width = all.length / batch.rows();
    float[] ofLast = Arrays.copyOfRange(all, last * width, all.length);
    float[] ofFirst = Arrays.copyOf(all, width);
    assertThat(chosen).containsExactly(Floats.concat(ofLast, ofFirst, ofLast), within(1e-5f));
    assertThat(ofLast).isNotEqualTo(ofFirst);
  }

  @Test
  void a_row_that_is_not_there_cannot_be_selected() {
    try (NDManager scope = manager.newSubManager()) {
      EncoderOutput encoded =
          network.encode(scope, new long[] {5, 1}, new long[] {1, 1}, 1, Dropout.NONE);
      try (StepDecoder decoder = network.stepDecoder(encoded, 3)) {
        assertThatThrownBy(() -> decoder.select(new int[] {1}))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decoder.select(new int[0]))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  /** Returns the logits after two tokens; in between, rows are selected. */
  private float[] secondLogits(
      GoldenBatch batch, long[] first, int @Nullable [] parents, long second) {
    return GradMode.off(
        () -> {
          try (NDManager scope = manager.newSubManager()) {
            EncoderOutput encoded = network.encode(scope, batch.batch(), Dropout.NONE);
            try (StepDecoder decoder = network.stepDecoder(encoded, 2)) {
              decoder.next(scope, Arrays.copyOf(first, batch.rows()));
              if (parents != null) {
                decoder.select(parents);
              }
              long[] tokens = new long[decoder.rows()];
              Arrays.fill(tokens, second);
              return decoder.next(scope, tokens).toFloatArray();
            }
          }
        });
  }

  @Test
  void a_closed_model_is_a_java_exception() {
    manager.close();
    NDManager other = NDManager.newBaseManager("PyTorch");
    try (NDManager step = other.newSubManager()) {
      assertThatThrownBy(() -> network.lossSum(step, batch(5, 5), Dropout.NONE, CROSS_ENTROPY))
          .isInstanceOf(IllegalStateException.class);
    } finally {
      other.close();
    }
  }

  @Test
  void a_row_of_padding_only_still_gives_finite_numbers() {
    try (NDManager step = manager.newSubManager()) {
      Batch batch =
          new Batch(
              2, 2, 1, new long[] {5, 1, 0, 0}, new long[] {1, 1, 0, 0}, new long[] {5, 5}, 2);
      assertThat(network.lossSum(step, batch, Dropout.NONE, CROSS_ENTROPY).getFloat()).isFinite();
    }
  }

  @Test
  void nothing_of_a_step_stays_with_the_model() {
    Batch batch = golden.batches().get(0).batch();
    requireGradients(true);
    int before = managed();
    for (int i = 0; i < 3; i++) {
      trainingStep(batch);
      generate(golden.batches().get(0));
    }
    assertThat(managed()).isEqualTo(before);
  }

  private void requireGradients(boolean required) {
    network.parameters().values().forEach(p -> p.setRequiresGradient(required));
  }

  private int managed() {
    return ((BaseNDManager) manager).getManagedArrays().size();
  }

  private void trainingStep(Batch batch) {
    GradMode.on(
        () -> {
          try (NDManager step = manager.newSubManager()) {
            return network.backward(step, batch, Dropout.of(0.1, 1), CROSS_ENTROPY).getFloat();
          }
        });
  }

  private void generate(GoldenBatch batch) {
    GradMode.off(
        () -> {
          try (NDManager scope = manager.newSubManager()) {
            EncoderOutput encoded = network.encode(scope, batch.batch(), Dropout.NONE);
            int ofEncoder = ((BaseNDManager) scope).getManagedArrays().size();
            try (StepDecoder decoder = network.stepDecoder(encoded, 20)) {
              for (int i = 0; i < 20; i++) {
                try (NDManager step = scope.newSubManager()) {
                  decoder.next(step, new long[batch.rows()]);
                }
              }
              // Only bias, keys and values are kept, and those under the decoder's own manager.
              assertThat(((BaseNDManager) scope).getManagedArrays().size())
                  .isLessThanOrEqualTo(ofEncoder + 40);
            }
            return 0;
          }
        });
  }

  @Test
  void dropout_changes_the_loss_in_training_only_and_follows_the_seed() {
    Batch batch = golden.batches().get(0).batch();
    float first = loss(batch, Dropout.of(0.1, 1));
    assertThat(loss(batch, Dropout.of(0.1, 1))).isEqualTo(first);
    assertThat(loss(batch, Dropout.of(0.1, 2))).isNotEqualTo(first);
    assertThat(loss(batch, Dropout.of(0, 1))).isEqualTo(loss(batch, Dropout.NONE));
    assertThat(loss(batch, Dropout.NONE)).isNotEqualTo(first);
  }

  private float loss(Batch batch, Dropout dropout) {
    try (NDManager step = manager.newSubManager()) {
      return network.lossSum(step, batch, dropout, CROSS_ENTROPY).getFloat();
    }
  }

  @Test
  void without_requiring_them_no_gradients_are_kept() {
    requireGradients(true);
    requireGradients(false);
    assertThat(network.parameters().values()).noneMatch(NDArray::hasGradient);
  }
}
