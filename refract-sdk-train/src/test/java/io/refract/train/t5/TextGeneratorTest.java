package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Lists;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.generation.GeneratedText;
import io.refract.train.generation.GenerationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that embeds a T5 asks it for texts. */
class TextGeneratorTest {

  private static final List<String> INPUTS =
      List.of("the day was long", "a refund after 14 days", "no", "where is my order now?");

  private static T5Model model;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    model = T5ModelTest.create(false, 11);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void beams_give_several_different_texts_the_best_first_with_scores_that_add_up() {
    List<GeneratedText> texts =
        model
            .generator()
            .numReturnSequences(3) // before numBeams: only together they have to fit
            .numBeams(4)
            .lengthPenalty(0.7)
            .maxNewTokens(12)
            .batchSize(2)
            .generate(INPUTS);

    assertThat(texts).hasSize(12);
    for (int i = 0; i < texts.size(); i++) {
      GeneratedText text = texts.get(i);
      assertThat(text.input()).isEqualTo(i / 3);
      assertThat(text.sequence()).isEqualTo(i % 3);
      double sum = text.tokenLogProbabilities().stream().mapToDouble(p -> p).sum();
      assertThat(text.score()).isCloseTo(sum / Math.pow(text.ids().size(), 0.7), within(1e-4));
      if (text.sequence() > 0) {
        assertThat(text.score()).isLessThanOrEqualTo(texts.get(i - 1).score());
        assertThat(text.ids()).isNotEqualTo(texts.get(i - 1).ids());
      }
    }
    assertThat(model.generator().numBeams(4).lengthPenalty(0.7).maxNewTokens(12).generate(INPUTS))
        .extracting(GeneratedText::text)
        .isEqualTo(
            model.generate(
                INPUTS,
                GenerationSettings.defaults()
                    .withMaxNewTokens(12)
                    .withDecoding(Decoding.defaults().withNumBeams(4).withLengthPenalty(0.7))));
  }

  @Test
  void an_extreme_length_penalty_still_finds_texts() {
    assertThat(model.generator().numBeams(2).lengthPenalty(-6).maxNewTokens(64).generate(INPUTS))
        .hasSameSizeAs(INPUTS)
        .allSatisfy(text -> assertThat(text.score()).isLessThan(-1e9));
  }

  @Test
  void greedy_scores_are_those_of_the_tokens() {
    GeneratedText text = model.generator().maxNewTokens(9).generate("the day");

    assertThat(text.tokenLogProbabilities()).hasSameSizeAs(text.ids()).allMatch(p -> p <= 0);
    assertThat(text.score())
        .isCloseTo(text.tokenLogProbabilities().stream().mapToDouble(p -> p).sum(), within(1e-9));
    assertThat(List.of(text.text()))
        .isEqualTo(
            model.generate(List.of("the day"), GenerationSettings.defaults().withMaxNewTokens(9)));
  }

  @Test
  void a_seed_draws_the_same_texts_in_whatever_batches() {
    TextGenerator generator =
        model.generator().doSample(true).topK(0).seed(5).numReturnSequences(2).maxNewTokens(10);
    List<GeneratedText> alone = generator.batchSize(1).generate(INPUTS);

    assertThat(generator.batchSize(4).generate(INPUTS))
        .extracting(GeneratedText::text)
        .isEqualTo(alone.stream().map(GeneratedText::text).toList());
    assertThat(generator.seed(6).generate(INPUTS))
        .extracting(GeneratedText::text)
        .isNotEqualTo(alone.stream().map(GeneratedText::text).toList());
    assertThat(new HashSet<>(alone.stream().map(GeneratedText::ids).toList())).hasSize(8);
    assertThat(model.generator().doSample(true).numBeams(3).seed(5).generate(INPUTS))
        .isEqualTo(model.generator().doSample(true).numBeams(3).seed(5).generate(INPUTS));
  }

  /** Windows of a stream, batches of many callers and parts of a file must not matter. */
  @Test
  void what_else_is_generated_does_not_change_what_a_seed_draws() {
    TextGenerator generator = model.generator().doSample(true).topK(0).seed(5).maxNewTokens(10);
    List<String> alone = INPUTS.stream().map(input -> generator.generate(input).text()).toList();

    assertThat(generator.generate(INPUTS)).extracting(GeneratedText::text).isEqualTo(alone);
    assertThat(generator.generate(Lists.reverse(INPUTS)))
        .extracting(GeneratedText::text)
        .isEqualTo(Lists.reverse(alone));
    assertThat(generator.generate(List.of("the day", "a", "the day", "the day")))
        .extracting(GeneratedText::ids)
        .doesNotHaveDuplicates();
  }

  @Test
  void with_labels_every_text_is_exactly_one_of_them() {
    List<String> labels = List.of("Billing", "Billing  dispute", "{other}", "refund, please");
    for (int beams : new int[] {1, 2, 4}) {
      assertThat(model.generator().labels(labels).numBeams(beams).generate(INPUTS))
          .extracting(GeneratedText::text)
          .isSubsetOf(labels);
    }
    assertThat(
            model.generator().labels(labels).numBeams(4).numReturnSequences(4).generate("the day"))
        .isNotNull();
    List<GeneratedText> all =
        model.generator().labels(labels).numBeams(4).numReturnSequences(4).generate(INPUTS);
    assertThat(all).extracting(GeneratedText::text).isSubsetOf(labels);
    assertThatThrownBy(() -> model.generator().labels(labels).maxNewTokens(2).generate("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("max_new_tokens");
    assertThatThrownBy(() -> model.generator().labels(List.of("a</s>b")).generate("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a</s>b", "end token");
    assertThatThrownBy(() -> model.generator().labels(List.of("a  b", "a b")).generate("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the same tokens");
  }

  @Test
  void pieces_of_a_stream_are_the_text_and_never_taken_back() {
    Map<Integer, StringBuilder> streamed = new HashMap<>();
    List<Integer> ended = new ArrayList<>();
    List<GeneratedText> texts =
        model
            .generator()
            .maxNewTokens(20)
            .listener(
                piece -> {
                  streamed
                      .computeIfAbsent(piece.input(), i -> new StringBuilder())
                      .append(piece.text());
                  if (piece.last()) {
                    ended.add(piece.input());
                  }
                })
            .generate(INPUTS);

    assertThat(ended).containsExactlyInAnyOrder(0, 1, 2, 3);
    texts.forEach(text -> assertThat(streamed.get(text.input())).hasToString(text.text()));
    TextGenerator beams = model.generator().numBeams(2).listener(piece -> {});
    assertThatThrownBy(() -> beams.generate(INPUTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("num_beams");
    assertThatThrownBy(() -> beams.start(INPUTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("num_beams");
  }

  @Test
  void max_length_counts_the_start_token() {
    List<GeneratedText> texts = model.generator().minNewTokens(8).maxLength(9).generate(INPUTS);

    assertThat(texts).extracting(text -> text.ids().size()).containsOnly(8);
    assertThatThrownBy(() -> model.generator().maxLength(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("max length must be at least 2 but was 1");
  }

  @Test
  void a_cancelled_generation_says_what_was_finished() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    int[] ended = new int[1];
    RunningGeneration running =
        model
            .generator()
            .batchSize(1)
            .minNewTokens(60)
            .maxNewTokens(64)
            .listener(
                piece -> {
                  ended[0] += piece.last() ? 1 : 0;
                  if (ended[0] == 1) {
                    begun.countDown();
                    awaitQuietly(cancelled);
                  }
                })
            .start(INPUTS);
    begun.await();
    running.cancel();
    cancelled.countDown();
    GenerationResult result = running.await(Duration.ofMinutes(1));

    assertThat(running.isDone()).isTrue();
    assertThat(result.isCancelled()).isTrue();
    assertThat(result.texts()).hasSize(1);
    assertThat(result.unfinished()).hasSize(3);
    assertThat(result.unfinished()).doesNotContain(result.texts().get(0).input());
    assertThat(model.generator().maxNewTokens(5).start(INPUTS).await().isCancelled()).isFalse();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_the_checkpoint_says_counts_where_the_program_says_nothing() throws IOException {
    Path directory = folder.resolve("model");
    model.save(directory);
    Files.writeString(
        directory.resolve("generation_config.json"),
        "{\"decoder_start_token_id\": 0, \"eos_token_id\": 1, \"pad_token_id\": 0,"
            + " \"num_beams\": 3, \"no_repeat_ngram_size\": 2, \"max_length\": 20}");
    GenerationSettings settings = GenerationSettings.defaults().withMaxNewTokens(10);
    Decoding beams = Decoding.defaults().withNumBeams(3).withNoRepeatNgramSize(2);
    try (T5Model loaded = T5Model.load(directory)) {
      assertThat(loaded.generate(INPUTS, settings))
          .isEqualTo(model.generate(INPUTS, settings.withDecoding(beams)))
          .isEqualTo(
              loaded.generator().maxNewTokens(10).generate(INPUTS).stream()
                  .map(GeneratedText::text)
                  .toList());
      assertThat(loaded.generator().numBeams(1).maxNewTokens(10).generate(INPUTS))
          .extracting(GeneratedText::text)
          .isEqualTo(
              model.generate(
                  INPUTS, settings.withDecoding(Decoding.defaults().withNoRepeatNgramSize(2))));
      assertThat(loaded.generate(INPUTS, settings.withDecoding(Decoding.defaults())))
          .isEqualTo(model.generate(INPUTS, settings));
    }
  }

  @Test
  void an_option_of_the_checkpoint_that_the_sdk_lacks_is_refused_until_one_decides()
      throws IOException {
    Path directory = folder.resolve("model");
    model.save(directory);
    Files.writeString(directory.resolve("generation_config.json"), "{\"diversity_penalty\": 0.5}");
    GenerationSettings settings = GenerationSettings.defaults().withMaxNewTokens(4);
    try (T5Model loaded = T5Model.load(directory)) {
      assertThatThrownBy(() -> loaded.generate(INPUTS, settings))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("diversity_penalty");
      assertThat(loaded.generate(INPUTS, settings.withDecoding(Decoding.defaults()))).hasSize(4);
      assertThat(loaded.generator().decoding(Decoding.defaults()).generate(INPUTS)).hasSize(4);
    }
  }

  @Test
  void a_task_of_the_checkpoint_is_taken_by_its_name() throws IOException {
    Path directory = folder.resolve("model");
    model.save(directory);
    Path config = directory.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst(
                "\\{",
                "{\"task_specific_params\": {\"summarization\": {\"early_stopping\": true,"
                    + " \"length_penalty\": 2.0, \"max_length\": 9, \"min_length\": 5,"
                    + " \"no_repeat_ngram_size\": 3, \"num_beams\": 4,"
                    + " \"prefix\": \"summarize: \"}, \"spelling\": [4]},"));
    try (T5Model loaded = T5Model.load(directory)) {
      List<GeneratedText> texts = loaded.generator().task("summarization").generate(INPUTS);
      assertThat(texts).allMatch(text -> text.ids().size() >= 5 && text.ids().size() <= 8);
      Decoding decoding =
          Decoding.ofOptions(
              Map.of(
                  "early_stopping", "true",
                  "length_penalty", "2.0",
                  "min_length", "5",
                  "no_repeat_ngram_size", "3",
                  "num_beams", "4"));
      assertThat(texts)
          .extracting(GeneratedText::text)
          .isEqualTo(
              model.generate(
                  INPUTS.stream().map("summarize: "::concat).toList(),
                  GenerationSettings.defaults().withMaxNewTokens(8).withDecoding(decoding)));
      assertThatThrownBy(() -> loaded.generator().task("poetry"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("poetry", "summarization");
      assertThatThrownBy(() -> loaded.generator().task("spelling"))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("'spelling' is [4]");
    }
  }

  @Test
  void tokens_that_the_model_does_not_have_are_named() {
    for (int beams : new int[] {1, 2}) {
      assertThatThrownBy(
              () ->
                  model
                      .generator()
                      .numBeams(beams)
                      .suppressTokens(List.of(600))
                      .generate("the day"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("600", "512");
    }
  }
}
