package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.google.common.collect.ImmutableMap;
import io.refract.train.data.Batch;
import io.refract.train.data.LoadedBatch;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.t5.internal.GradMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The rules of an update, on a model small enough for mental arithmetic: one weight {@code w} that
 * guesses every label, with the loss {@code (w - label)^2} in place of a cross entropy.
 */
class TrainingLoopTest {

  private static final long POISON = 13;
  private static final TrainingConfig CONFIG =
      TrainingConfig.defaults()
          .withSchedule(LearningRateSchedule.constant())
          .withMaxGradientNorm(0);

  /** The guessing model; a batch whose first input is {@link #POISON} gives a loss of NaN. */
  private record Guess(NDManager manager, NDArray weight) implements TeacherForced {

    @Override
    public Map<String, NDArray> parameters() {
      return Map.of("guess.weight", weight);
    }

    @Override
    public NDArray backward(NDManager step, Batch batch, long seed) {
      float[] real = new float[batch.targetTokens()];
      int count = 0;
      for (long label : batch.labels()) {
        if (label != -100) {
          real[count++] = label;
        }
      }
      if (batch.inputIds()[0] == POISON) {
        real[0] = Float.NaN;
      }
      return GradMode.on(
          () -> {
            NDArray loss = step.create(real).sub(weight).square().sum();
            JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
            return loss;
          });
    }
  }

  private NDManager manager;
  private Guess model;
  private boolean gradModeBefore;

  @BeforeEach
  void create() {
    manager = NDManager.newBaseManager("PyTorch");
    NDArray weight = manager.create(new float[] {2f}, new Shape(1));
    model = new Guess(manager, weight);
    gradModeBefore = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
  }

  @AfterEach
  void close() {
    JniUtils.setGradMode(gradModeBefore);
    manager.close();
  }

  @Test
  void loss_and_gradient_are_means_over_the_target_tokens_of_the_whole_group() {
    try (var loop = new TrainingLoop(model, CONFIG, 1)) {
      // Labels 1, 2 | 6: mean loss (1 + 0 + 16) / 3, gradient 2 (2 - 3) = -2.
      var update = loop.step(List.of(batch(1, 2, -100), batch(6, -100, -100)));
      assertThat(update.loss()).isCloseTo(17.0 / 3, within(1e-6));
      assertThat(update.targetTokens()).isEqualTo(3);
      assertThat(update.gradientNorm()).isCloseTo(2.0, within(1e-6));
    }
  }

  @Test
  void an_update_does_not_depend_on_how_its_tokens_are_cut_into_batches() {
    try (var loop = new TrainingLoop(model, CONFIG, 1)) {
      var update = loop.step(List.of(batch(1, 2, 6)));
      assertThat(update.loss()).isCloseTo(17.0 / 3, within(1e-6));
      assertThat(update.gradientNorm()).isCloseTo(2.0, within(1e-6));
    }
  }

  @Test
  void gradients_of_one_step_do_not_leak_into_the_next() {
    var still = CONFIG.withSchedule(LearningRateSchedule.constant().withWarmupSteps(1000));
    try (var loop = new TrainingLoop(model, still, 1)) {
      double first = loop.step(List.of(batch(1, 2, 6))).gradientNorm();
      double second = loop.step(List.of(batch(1, 2, 6))).gradientNorm();
      assertThat(second).isCloseTo(first, within(1e-3));
    }
  }

  @Test
  void a_loss_that_is_not_finite_names_step_and_batch_and_changes_nothing() {
    try (var loop = new TrainingLoop(model, CONFIG, 2)) {
      loop.step(List.of(batch(1, 2, 6)));
      float[] good = model.weight().toFloatArray();
      LoadedBatch poisoned = poisoned();
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(() -> loop.step(List.of(batch(1, 2, 6), poisoned)))
          .withMessageContaining("step 2")
          .withMessageContaining(
              "the batch of examples [5] (positions from 0; up to 1 source and 3 target tokens)")
          .withMessageContaining("NaN");
      assertThat(model.weight().toFloatArray()).containsExactly(good);
    }
    assertThat(JniUtils.isGradMode()).isFalse();
  }

  @Test
  void training_can_go_on_after_a_bad_batch_as_if_it_had_not_been() {
    try (var loop = new TrainingLoop(model, CONFIG, 2)) {
      LoadedBatch poisoned = poisoned();
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(() -> loop.step(List.of(batch(1, 2, 6), poisoned)));
      assertThat(loop.step(List.of(batch(1, 2, 6))).gradientNorm()).isCloseTo(2.0, within(1e-6));
    }
  }

  @Test
  void grad_mode_is_as_before_and_nothing_requires_gradients_afterwards() {
    try (var loop = new TrainingLoop(model, CONFIG, 1)) {
      loop.step(List.of(batch(1, 2, 6)));
      assertThat(JniUtils.isGradMode()).isFalse();
    }
    assertThat(model.weight().hasGradient()).isFalse();
  }

  @Test
  void arrays_do_not_pile_up_with_the_steps() {
    try (var loop = new TrainingLoop(model, CONFIG, 20)) {
      int before = manager.getManagedArrays().size();
      for (int i = 0; i < 20; i++) {
        loop.step(List.of(batch(1, 2, 6), batch(4, 5, -100)));
      }
      assertThat(manager.getManagedArrays()).hasSize(before);
    }
  }

  @Test
  void the_norm_is_reported_as_it_was_before_clipping() {
    try (var loop = new TrainingLoop(model, CONFIG.withMaxGradientNorm(0.5), 1)) {
      assertThat(loop.step(List.of(batch(1, 2, 6))).gradientNorm()).isCloseTo(2.0, within(1e-6));
    }
  }

  /** The second parameter repeats one number so often that its running means fit nowhere. */
  @Test
  void a_state_of_the_optimizer_that_memory_does_not_suffice_for_changes_nothing() {
    NDArray huge = manager.zeros(new Shape(1)).broadcast(new Shape(1L << 48));
    TeacherForced tooLarge =
        new TeacherForced() {
          @Override
          public NDManager manager() {
            return manager;
          }

          @Override
          public Map<String, NDArray> parameters() {
            return ImmutableMap.of("guess.weight", model.weight(), "huge.weight", huge);
          }

          @Override
          public NDArray backward(NDManager step, Batch batch, long seed) {
            return model.backward(step, batch, seed);
          }
        };
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> new TrainingLoop(tooLarge, CONFIG, 1))
        .withMessageContaining("the optimizer adamw remembers of 281474976710657 weights")
        .withMessageContaining("Adafactor");
    assertThat(model.weight().hasGradient()).isFalse();
    assertThat(huge.hasGradient()).isFalse();
  }

  private static LoadedBatch batch(long... labels) {
    int tokens = (int) Arrays.stream(labels).filter(label -> label != -100).count();
    return loaded(new Batch(1, 1, labels.length, new long[] {1}, new long[] {1}, labels, tokens));
  }

  private static LoadedBatch poisoned() {
    return loaded(new Batch(1, 1, 3, new long[] {POISON}, new long[] {1}, new long[] {1, 2, 6}, 3));
  }

  private static LoadedBatch loaded(Batch batch) {
    return new LoadedBatch(0, new int[] {5}, batch);
  }
}
