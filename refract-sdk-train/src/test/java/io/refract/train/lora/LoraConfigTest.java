package io.refract.train.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraConfigTest {

  private static final String QUERY = "decoder.block.1.layer.0.SelfAttention.q";
  private static final String CROSS_QUERY = "decoder.block.1.layer.1.EncDecAttention.q";
  private static final String OUT = "encoder.block.0.layer.1.DenseReluDense.wo";

  @TempDir Path directory;

  @Test
  void the_defaults_are_those_of_peft_for_t5() {
    LoraConfig config = LoraConfig.defaults();
    assertThat(config.rank()).isEqualTo(8);
    assertThat(config.alpha()).isEqualTo(8);
    assertThat(config.dropout()).isZero();
    assertThat(config.rsLora()).isFalse();
    assertThat(config.targets().names()).containsExactly("q", "v");
    assertThat(config.scaleOf(QUERY)).isEqualTo(1);
  }

  @Test
  void the_scale_is_alpha_by_rank_and_with_rslora_by_its_root() {
    LoraConfig config = LoraConfig.defaults().withRank(16).withAlpha(32);
    assertThat(config.scaleOf(QUERY)).isEqualTo(2);
    assertThat(config.withRsLora(true).scaleOf(QUERY)).isEqualTo(8);
  }

  @Test
  void names_match_the_end_of_a_path_and_patterns_the_whole() {
    LoraTargets names = LoraTargets.of("EncDecAttention.q", "o");
    assertThat(names.contains(CROSS_QUERY)).isTrue();
    assertThat(names.contains(QUERY)).isFalse();
    assertThat(names.contains(OUT)).isFalse();
    assertThat(LoraTargets.matching("decoder.*q").contains(QUERY)).isTrue();
    assertThat(LoraTargets.matching("q").contains(QUERY)).isFalse();
    assertThat(LoraTargets.allLinear().contains(OUT)).isTrue();
  }

  @Test
  void the_first_pattern_that_matches_gives_rank_and_alpha() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    ranks.put("EncDecAttention.q", 2);
    ranks.put("q", 4);
    LoraConfig config =
        LoraConfig.defaults().withRankPattern(ranks).withAlphaPattern(Map.of("w.", 3.0));
    assertThat(config.rankOf(CROSS_QUERY)).isEqualTo(2);
    assertThat(config.rankOf(QUERY)).isEqualTo(4);
    assertThat(config.rankOf(OUT)).isEqualTo(8);
    assertThat(config.scaleOf(QUERY)).isEqualTo(2);
    assertThat(config.scaleOf(OUT)).isCloseTo(3.0 / 8, within(1e-12));
  }

  @Test
  void a_mistake_is_refused_at_once_with_rule_and_value() {
    LoraConfig config = LoraConfig.defaults();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withRank(0))
        .withMessage("rank must be at least 1 but was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withAlpha(Double.NaN))
        .withMessage("alpha must be greater than 0 but was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withDropout(1))
        .withMessage("dropout must be at least 0 and below 1 but was 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> config.withTargetModules());
    assertThatIllegalArgumentException().isThrownBy(() -> config.withTargetModules(" "));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withTargets(LoraTargets.matching("(")))
        .withMessageContaining("'(' is not a regular expression");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withRankPattern(Map.of("q", 0)))
        .withMessageContaining("rank must be");
  }

  @Test
  void what_is_written_is_read_again() throws IOException {
    LoraConfig config =
        LoraConfig.defaults()
            .withRank(3)
            .withAlpha(1.5)
            .withDropout(0.25)
            .withRsLora(true)
            .withTargets(LoraTargets.matching("decoder\\..*\\.(q|wo)"))
            .withRankPattern(Map.of("wo", 2))
            .withAlphaPattern(Map.of("block\\.0\\..*", 7.0));
    AdapterDescription description = new AdapterDescription(config, "google-t5/t5-small");
    write(description.toJson());
    assertThat(AdapterDescription.load(directory)).isEqualTo(description);
    AdapterDescription unnamed = new AdapterDescription(LoraConfig.defaults(), null);
    write(unnamed.toJson());
    assertThat(AdapterDescription.load(directory)).isEqualTo(unnamed);
  }

  private void write(String json) throws IOException {
    Files.writeString(directory.resolve(AdapterDescription.FILE), json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'use_dora': true | use_dora is true",
        "'bias': 'all' | bias is \"all\"",
        "'modules_to_save': ['lm_head'] | modules_to_save is [\"lm_head\"]",
        "'layers_to_transform': [0] | layers_to_transform is [0]",
        "'exclude_modules': ['o'] | exclude_modules",
        "'init_lora_weights': 'pissa' | init_lora_weights is \"pissa\"",
        "'something_new': 3 | something_new is 3",
        "'peft_type': 'IA3' | peft_type is 'IA3'",
        "'r': 0 | rank must be at least 1 but was 0",
        "'r': 2.5 | 'r' has the unexpected value 2.5",
        "'r': 99999999999 | 'r' has the unexpected value",
        "'lora_dropout': -1 | dropout must be",
        "'target_modules': [] | at least one",
        "'target_modules': [3, {}] | Cannot use",
        "'target_modules': '(' | not a regular expression",
        "'rank_pattern': {'q': 'x'} | Cannot use",
        "'rank_pattern': [1] | Cannot use"
      })
  void what_is_not_supported_or_not_sound_is_refused_by_name(String entry, String reason)
      throws IOException {
    String type = entry.contains("peft_type") ? "" : "'peft_type': 'LORA', ";
    write(("{" + type + entry + "}").replace('\'', '"'));
    assertThatThrownBy(() -> AdapterDescription.load(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(AdapterDescription.FILE)
        .hasMessageContaining(reason);
  }

  @Test
  void a_pattern_that_would_search_forever_is_stopped() {
    LoraTargets hostile = LoraTargets.matching("((([a-zA-Z0-9.]+)+)+)+!");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hostile.contains(CROSS_QUERY))
        .withMessageContaining("takes too long");
  }
}
