package io.refract.scoring;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A program sets limits that no model could keep. */
class GenerationSettingsTest {

  private static void assertRefused(UnaryOperator<GenerationSettings> change, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> change.apply(GenerationSettings.defaults()))
        .withMessage(message);
  }

  @Test
  void a_limit_that_makes_no_sense_is_refused_when_it_is_set() {
    assertRefused(
        settings -> settings.withMaxSourceTokens(0),
        "max source tokens must be at least 1 but was 0");
    assertRefused(
        settings -> settings.withMaxNewTokens(0), "max new tokens must be at least 1 but was 0");
    assertRefused(
        settings -> settings.withMaxNewTokens(Integer.MAX_VALUE),
        "max new tokens must be at most 1000000 but was 2147483647");
    assertRefused(settings -> settings.withBatchSize(0), "batch size must be at least 1 but was 0");
    assertRefused(
        settings -> settings.withTokenBudget(0), "token budget must be at least 1 but was 0");
  }
}
