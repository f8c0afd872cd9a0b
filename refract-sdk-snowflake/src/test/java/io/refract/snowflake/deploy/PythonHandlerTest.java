package io.refract.snowflake.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import java.util.List;
import org.junit.jupiter.api.Test;

class PythonHandlerTest {

  @Test
  void settings_become_constants_whatever_the_prefix_contains() {
    String source = handler("a\"b\\c ${threads}\n\u00e9\ud83d\ude00'''$$").source();

    assertThat(source)
        .contains(
            "PREFIX = \"a\\\"b\\\\c ${threads}\\u000a\\u00e9\\U0001f600'''$$\"\n",
            "MAX_SOURCE_TOKENS = 100\n",
            "MAX_NEW_TOKENS = 20\n",
            "MICRO_BATCH_ROWS = 4\n",
            "TOKEN_BUDGET = 5000\n",
            "MAX_BATCH_ROWS = 64\n",
            "THREADS = 2\n",
            "OPTIONS = json.loads(\"{\\\"num_beams\\\":4}\")\n",
            "LABELS = json.loads(\"[\\\"a \\\\\\\"b\\\\\\\"\\\",\\\"\\u00e9\\\"]\")\n");
    assertThat(source.chars()).allMatch(c -> c < 128);
  }

  @Test
  void the_module_has_another_name_whenever_the_program_differs() {
    assertThat(handler("a").module()).matches("t5_handler_[0-9a-f]{12}");
    assertThat(handler("a").module()).isEqualTo(handler("a").module());
    assertThat(handler("a").module()).isNotEqualTo(handler("b").module());
    assertThat(handler("a").entryPoint()).isEqualTo(handler("a").module() + ".score");
  }

  private static PythonHandler handler(String prefix) {
    return PythonHandler.of(
        new TextToText(prefix, new GenerationSettings(100, 20, 4).withTokenBudget(5000)),
        Decoding.defaults().withNumBeams(4).withLabels(List.of("a \"b\"", "\u00e9")),
        64,
        2);
  }
}
