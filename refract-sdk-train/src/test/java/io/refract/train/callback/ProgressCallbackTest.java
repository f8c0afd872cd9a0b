package io.refract.train.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.progress.ProgressEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressCallbackTest {

  @Test
  void an_update_becomes_a_progress_event_with_loss_speed_and_learning_rate() {
    List<ProgressEvent> events = new ArrayList<>();
    new ProgressCallback(events::add).onStep(new StepReport(3, 12, 1, 0.31459, 1.5, 3e-4, 2048.4));
    assertThat(events)
        .containsExactly(
            new ProgressEvent(
                "training",
                3,
                12,
                "steps",
                "epoch 1, loss 0.3146, 2048 tokens/s, learning rate 3.00e-04"));
  }
}
