package io.refract.train.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedLibraryTest {

  private static final Script SCRIPT =
      new Script("relu", "  def relu(self, x: Tensor) -> Tensor:\n    return torch.relu(x)\n");

  @Test
  void a_library_is_loaded_and_tried_once() {
    AtomicInteger trials = new AtomicInteger();
    SharedLibrary shared =
        new SharedLibrary(SCRIPT, "Nothing happens", library -> trials.incrementAndGet());

    assertThat(trials).hasValue(0);
    assertThat(shared.get()).hasValueSatisfying(it -> assertThat(it.methods()).contains("relu"));
    assertThat(shared.get()).isPresent();
    assertThat(trials).hasValue(1);
  }

  @Test
  void a_library_whose_trial_fails_is_none() {
    AtomicInteger trials = new AtomicInteger();
    SharedLibrary shared =
        new SharedLibrary(
            SCRIPT,
            "The test goes on",
            library -> {
              trials.incrementAndGet();
              throw new IllegalStateException("listing\nRuntimeError: this processor cannot");
            });

    assertThat(shared.get()).isEmpty();
    assertThat(shared.get()).isEmpty();
    assertThat(trials).hasValue(1);
  }
}
