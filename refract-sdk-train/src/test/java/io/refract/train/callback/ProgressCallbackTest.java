package io.refract.train.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.progress.ProgressEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressCallbackTest {

  private final List<ProgressEvent> events = new ArrayList<>();
  private final ProgressCallback callback = new ProgressCallback(events::add);

  private static TrainingPlan plan(int firstStep) {
    return new TrainingPlan("t5", firstStep, 12, firstStep > 0, Set.of("loss"), Map.of());
  }

  @Test
  void an_update_becomes_a_progress_event_with_loss_speed_and_learning_rate() {
    callback.onStep(new StepReport(3, 12, 1, 0.31459, 1.5, 3e-4, 2048.4));
    assertThat(events)
        .containsExactly(
            new ProgressEvent(
                "training",
                3,
                12,
                "steps",
                "loss 0.3146, 2048 tokens/s, epoch 1, learning rate 3.00e-04"));
  }

  @Test
  void the_start_tells_where_a_resumed_training_goes_on() {
    callback.onStart(plan(8));
    assertThat(events).containsExactly(new ProgressEvent("training", 8, 12, "steps", ""));
  }

  @Test
  void a_training_that_ends_early_is_finished_all_the_same() {
    callback.onStart(plan(0));
    callback.onEnd(5);
    assertThat(events)
        .last()
        .isEqualTo(new ProgressEvent("training", 5, 5, "steps", "ended before step 12"))
        .matches(ProgressEvent::finished);
  }

  @Test
  void a_training_that_did_all_its_updates_has_said_so_with_the_last() {
    callback.onStart(plan(0));
    callback.onEnd(12);
    assertThat(events).hasSize(1);
  }
}
