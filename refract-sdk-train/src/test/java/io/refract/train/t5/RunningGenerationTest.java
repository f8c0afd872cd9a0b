package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.generation.GenerationResult;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RunningGenerationTest {

  @Test
  void a_wait_may_be_longer_than_nanoseconds_can_count() throws TimeoutException {
    GenerationResult result = new GenerationResult(List.of(), List.of());
    RunningGeneration ended =
        new RunningGeneration(CompletableFuture.completedFuture(result), new AtomicBoolean());

    assertThat(ended.await(ChronoUnit.FOREVER.getDuration())).isSameAs(result);
    assertThat(ended.await(Duration.ZERO)).isSameAs(result);
  }

  @Test
  void a_wait_that_is_too_short_says_so() {
    RunningGeneration running =
        new RunningGeneration(new CompletableFuture<>(), new AtomicBoolean());

    assertThatThrownBy(() -> running.await(Duration.ofMillis(1)))
        .isInstanceOf(TimeoutException.class);
    assertThat(running.isDone()).isFalse();
  }
}
