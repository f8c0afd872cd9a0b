package io.refract.train.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {

  @Test
  void a_thread_that_comes_to_the_engine_later_takes_the_number_over() throws Exception {
    int before = EngineThreads.perCall();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      EngineThreads.perCall(before + 1);
      assertThat(EngineThreads.perCall()).isEqualTo(before + 1);
      assertThat(CompletableFuture.supplyAsync(() -> EngineThreads.perCall(), other).get())
          .isEqualTo(before + 1);
      EngineThreads.perCall(1);
      assertThat(EngineThreads.perCall()).isEqualTo(1);
      // It has used the engine before, and keeps its number until it says otherwise itself.
      assertThat(CompletableFuture.supplyAsync(() -> EngineThreads.perCall(), other).get())
          .isEqualTo(before + 1);
      CompletableFuture.runAsync(() -> EngineThreads.perCall(1), other).get();
      assertThat(CompletableFuture.supplyAsync(() -> EngineThreads.perCall(), other).get())
          .isEqualTo(1);
    } finally {
      EngineThreads.perCall(before);
      other.shutdownNow();
    }
  }

  @Test
  void no_thread_is_refused() {
    assertThatThrownBy(() -> EngineThreads.perCall(0)).hasMessageContaining("at least 1");
  }
}
