package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training whose thread is interrupted saves what it has learned. */
class InterruptedTrainingTest {

  @TempDir Path directory;

  /** No test after this one shall find the flag. */
  @AfterEach
  void clear() {
    Thread.interrupted();
  }

  private void assertStopsAfter(int step, TrainingCallback callback) {
    try (T5Model model = ResumableRun.model()) {
      assertThatExceptionOfType(TrainingException.class)
          .isThrownBy(
              () ->
                  ResumableRun.trainer(model)
                      .checkpoints(Checkpoints.in(directory).everySteps(2))
                      .callback(callback)
                      .train())
          .withMessageContaining("after step " + step + ": its thread was interrupted")
          .withMessageContaining("its checkpoint is written");
    }
    assertThat(Thread.interrupted()).as("the flag comes back").isTrue();
    assertThat(directory.resolve("step-%08d".formatted(step))).isNotEmptyDirectory();
    UninterruptedRun.assertResumesToTheSameEnd(directory);
  }

  /**
   * Steps 4 and 12 end an epoch: there the interrupt ends the evaluation, which a resumed training
   * makes in its place.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 12})
  void the_step_in_which_the_interrupt_comes_is_saved(int step) {
    assertStopsAfter(
        step,
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == step) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }

  @Test
  void an_interrupt_after_an_evaluation_keeps_the_evaluation() {
    assertStopsAfter(
        4,
        new TrainingCallback() {
          @Override
          public void onEvaluation(EvaluationReport report) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** The training asks for the state when it writes a checkpoint; next it waits for batches. */
  @Test
  void an_interrupt_while_a_checkpoint_is_written_stops_the_training_before_the_next_step() {
    assertStopsAfter(
        2,
        new TrainingCallback() {
          private int seen;

          @Override
          public void onStep(StepReport report) {
            seen = report.step();
          }

          @Override
          public Map<String, String> state() {
            if (seen == 2) {
              Thread.currentThread().interrupt();
            }
            return Map.of();
          }
        });
  }

  @Test
  void an_interrupt_that_comes_when_all_is_done_spoils_nothing() {
    TrainingCallback interrupt =
        new TrainingCallback() {
          @Override
          public void onEvaluation(EvaluationReport report) {
            if (report.step() == ResumableRun.STEPS) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (T5Model model = ResumableRun.model()) {
      TrainingResult result = ResumableRun.trainer(model).callback(interrupt).train();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(result.steps()).isEqualTo(ResumableRun.STEPS);
      assertThat(result.stopReason()).isEmpty();
    }
  }

  @Test
  void a_cancelled_task_of_an_executor_leaves_a_checkpoint() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    TrainingCallback pause =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 3) {
              reached.countDown();
              awaitEvenIfInterrupted(cancelled);
            }
          }
        };
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (T5Model model = ResumableRun.model()) {
      Future<?> future =
          executor.submit(
              () -> {
                try {
                  ResumableRun.trainer(model)
                      .checkpoints(Checkpoints.in(directory))
                      .callback(pause)
                      .train();
                } catch (RuntimeException e) {
                  failure.set(e);
                } finally {
                  ended.countDown();
                }
              });
      reached.await();
      future.cancel(true);
      cancelled.countDown();
      ended.await();
    } finally {
      executor.shutdown();
    }
    assertThat(failure.get())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("after step 3");
    UninterruptedRun.assertResumesToTheSameEnd(directory);
  }

  private static void awaitEvenIfInterrupted(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
