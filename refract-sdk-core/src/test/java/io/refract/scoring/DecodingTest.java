package io.refract.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.scoring.BeamSettings.EarlyStopping;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecodingTest {

  private static final Decoding EVERYTHING =
      Decoding.defaults()
          .withNumBeams(4)
          .withLengthPenalty(2)
          .withEarlyStopping(EarlyStopping.NEVER)
          .withNumReturnSequences(2)
          .withDoSample(true)
          .withTemperature(0.7)
          .withTopK(20)
          .withTopP(0.9)
          .withMinP(0.05)
          .withTypicalP(0.8)
          .withSeed(1L << 40)
          .withMinLength(3)
          .withMinNewTokens(4)
          .withRepetitionPenalty(1.2)
          .withNoRepeatNgramSize(3)
          .withEncoderNoRepeatNgramSize(4)
          .withBadWordsIds(List.of(List.of(5, 6), List.of(7)))
          .withForcedBosTokenId(8)
          .withForcedEosTokenIds(List.of(1, 9))
          .withSuppressTokens(List.of(10))
          .withBeginSuppressTokens(List.of(11, 12))
          .withLabels(List.of("a \"b\"", "\u00e9"));

  @Test
  void every_option_survives_being_written_down() {
    assertThat(EVERYTHING.options().keySet()).isEqualTo(Decoding.optionNames());
    assertThat(Decoding.ofOptions(EVERYTHING.options())).isEqualTo(EVERYTHING);
    assertThat(Decoding.defaults().options()).isEmpty();
    assertThat(Decoding.ofOptions(Map.of())).isEqualTo(Decoding.defaults());
  }

  @Test
  void options_are_named_and_written_as_in_transformers() {
    assertThat(
            Decoding.ofOptions(
                Map.of(
                    "num_beams",
                    "4",
                    "early_stopping",
                    "true",
                    "forced_eos_token_id",
                    "1",
                    "top_k",
                    "null",
                    "min_p",
                    "null")))
        .isEqualTo(
            Decoding.defaults()
                .withNumBeams(4)
                .withEarlyStopping(EarlyStopping.TRUE)
                .withForcedEosTokenIds(List.of(1))
                .withTopK(0));
    assertThatThrownBy(() -> Decoding.ofOptions(Map.of("beams", "4")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'beams'");
    assertThatThrownBy(() -> Decoding.ofOptions(Map.of("num_beams", "4.5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'num_beams'");
    assertThatThrownBy(() -> Decoding.ofOptions(Map.of("do_sample", "\"yes\"")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'do_sample'");
  }

  @Test
  void a_checkpoint_asks_for_what_the_sdk_has_or_is_refused_by_name() {
    assertThat(
            Decoding.ofGenerationConfig(
                Map.of(
                    "num_beams",
                    "4",
                    "max_length",
                    "200",
                    "diversity_penalty",
                    "0.0",
                    "transformers_version",
                    "\"4.57.6\"",
                    "num_beam_groups",
                    "1")))
        .isEqualTo(Decoding.defaults().withNumBeams(4));
    assertThatThrownBy(() -> Decoding.ofGenerationConfig(Map.of("diversity_penalty", "0.5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'diversity_penalty' is 0.5");
  }

  @Test
  void values_out_of_range_are_refused_at_once() {
    Decoding d = Decoding.defaults();
    assertRefused(() -> d.withNumBeams(0), "num_beams");
    assertRefused(() -> d.withLengthPenalty(Double.NaN), "length_penalty");
    assertRefused(() -> d.withNumReturnSequences(0), "num_return_sequences");
    assertRefused(() -> d.withTemperature(0), "temperature");
    assertRefused(() -> d.withTopK(-1), "top_k");
    assertRefused(() -> d.withTopP(1.1), "top_p");
    assertRefused(() -> d.withMinP(-0.1), "min_p");
    assertRefused(() -> d.withTypicalP(0), "typical_p");
    assertRefused(() -> d.withMinLength(-1), "min_length");
    assertRefused(() -> d.withMinNewTokens(-1), "min_new_tokens");
    assertRefused(() -> d.withRepetitionPenalty(0), "repetition_penalty");
    assertRefused(() -> d.withNoRepeatNgramSize(-1), "no_repeat_ngram_size");
    assertRefused(() -> d.withEncoderNoRepeatNgramSize(-1), "encoder_no_repeat_ngram_size");
    assertRefused(() -> d.withBadWordsIds(List.of(List.of())), "bad_words_ids");
    assertRefused(() -> d.withSuppressTokens(List.of(-1)), "suppress_tokens");
    assertRefused(() -> d.withLabels(List.of("a", "a")), "'a' is there twice");
    assertRefused(() -> d.withLabels(List.of(" ")), "blank");
  }

  @Test
  void values_that_contradict_each_other_are_refused_before_anything_is_generated() {
    Decoding d = Decoding.defaults();
    Decoding labels = d.withLabels(List.of("a", "b"));
    assertRefused(d.withNumReturnSequences(2)::requireConsistent, "greedy search gives 1 sequence");
    assertRefused(
        d.withNumReturnSequences(3).withNumBeams(2)::requireConsistent,
        "must not exceed num_beams");
    assertRefused(labels.withMinNewTokens(3)::requireConsistent, "labels cannot be combined");
    assertRefused(
        labels.withNumBeams(3).withNumReturnSequences(3)::requireConsistent, "the 2 labels");
    assertRefused(
        d.withForcedBosTokenId(5).withSuppressTokens(List.of(5))::requireConsistent,
        "forced_bos_token_id");
    assertRefused(
        d.withForcedEosTokenIds(List.of(1)).withSuppressTokens(List.of(1, 2))::requireConsistent,
        "forced_eos_token_id");
    assertThat(d.withDoSample(true).withNumReturnSequences(2).requireConsistent()).isNotNull();
  }

  private static void assertRefused(Runnable use, String message) {
    assertThatThrownBy(use::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void a_score_function_carries_its_decoding() {
    GenerationSettings settings = GenerationSettings.defaults().withMaxNewTokens(20);
    Decoding one = EVERYTHING.withLabels(List.of()).withNumReturnSequences(1);
    for (GenerationSettings each :
        List.of(settings, settings.withDecoding(one), settings.withDecoding(Decoding.defaults()))) {
      TextToText function = new TextToText("say: ", each);
      TextToText restored = new TextToText(function.configuration());
      assertThat(restored.settings()).isEqualTo(each);
      assertThat(restored.configuration()).isEqualTo(function.configuration());
    }
    assertThat(new TextToText("", settings).configuration()).doesNotContainKey("decoding");
    assertRefused(
        () -> new TextToText("", settings.withDecoding(one.withNumReturnSequences(2))),
        "one output");
  }
}
