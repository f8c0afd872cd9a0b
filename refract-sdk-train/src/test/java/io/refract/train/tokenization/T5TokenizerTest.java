package io.refract.train.tokenization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values come from transformers 4.57.6, see src/test/python/make_tokenizer_fixtures.py. */
class T5TokenizerTest {

  private static Golden golden;
  private static T5Tokenizer tokenizer;

  /** The content of golden.json. */
  private static final class Golden {
    int size;
    List<String> texts = List.of();
    List<int[]> ids = List.of();
    List<int[]> ids_at_most_8 = List.of();
    List<int[]> rows = List.of();
    List<String> decoded = List.of();
    List<String> decoded_and_cleaned = List.of();
  }

  @BeforeAll
  static void load() throws IOException, URISyntaxException {
    golden = new Gson().fromJson(Files.readString(resource("golden.json"), UTF_8), Golden.class);
    tokenizer = T5Tokenizer.load(resource("t5"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(T5TokenizerTest.class.getResource(name).toURI());
  }

  @Test
  void ids_are_those_of_transformers() {
    for (int i = 0; i < golden.texts.size(); i++) {
      assertThat(tokenizer.encode(golden.texts.get(i), 10_000))
          .as(golden.texts.get(i))
          .containsExactly(golden.ids.get(i));
    }
  }

  @Test
  void many_texts_at_once_give_the_same_ids_as_one_by_one() {
    assertThat(tokenizer.encodeAll(golden.texts, 10_000))
        .usingRecursiveComparison()
        .isEqualTo(golden.ids);
    assertThat(tokenizer.encodeAll(List.of(), 5)).isEmpty();
  }

  @Test
  void truncation_keeps_the_end_token_last_as_transformers_does() {
    assertThat(tokenizer.encodeAll(golden.texts, 8))
        .usingRecursiveComparison()
        .isEqualTo(golden.ids_at_most_8);
    assertThat(tokenizer.encode(golden.texts.get(2), 1)).containsExactly(tokenizer.eosTokenId());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer.encode("text", 0))
        .withMessage("max tokens must be at least 1 but was 0");
  }

  @Test
  void decoded_texts_are_those_of_transformers_without_special_tokens() {
    assertThat(tokenizer.decodeAll(golden.rows)).containsExactlyElementsOf(golden.decoded);
    assertThat(tokenizer.decode(golden.rows.get(3))).isEqualTo(golden.decoded.get(3));
    assertThat(tokenizer.decode(new int[0])).isEmpty();
  }

  @Test
  void ids_beyond_the_vocabulary_are_left_out_when_decoding() {
    int[] ids = tokenizer.encode("my card", 100);
    ids[ids.length - 1] = 32_127;
    assertThat(tokenizer.decode(ids)).isEqualTo("my card");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer.decode(new int[] {5, -100}))
        .withMessageContaining("-100");
  }

  @Test
  void special_tokens_and_size_are_those_of_the_file() {
    assertThat(tokenizer.padTokenId()).isEqualTo(0);
    assertThat(tokenizer.eosTokenId()).isEqualTo(1);
    assertThat(tokenizer.unkTokenId()).isEqualTo(2);
    assertThat(tokenizer.vocabularySize()).isEqualTo(golden.size);
    assertThat(tokenizer.sentinelTokenIds())
        .hasSize(10)
        .startsWith(golden.size - 1)
        .isSortedAccordingTo((a, b) -> b - a);
  }

  @Test
  void unknown_pieces_are_counted() {
    assertThat(tokenizer.unknownTokens(tokenizer.encode("my card", 100))).isZero();
    assertThat(tokenizer.unknownTokens(tokenizer.encode("{ card } <", 100))).isEqualTo(3);
  }

  @Test
  void unknown_pieces_are_shown_where_they_stand() {
    assertThat(tokenizer.unknownTexts("my card")).isEmpty();
    assertThat(tokenizer.unknownTexts("\ud83d\ude00 {card} \ud83d\ude00 end<"))
        .extracting(String::strip)
        .containsExactly("\ud83d\ude00", "{", "}", "\ud83d\ude00", "<");
  }

  @Test
  void half_a_surrogate_pair_becomes_a_question_mark() {
    assertThat(tokenizer.encode("card \uD83D today", 100))
        .containsExactly(tokenizer.encode("card ? today", 100));
  }

  @Test
  void threads_share_one_tokenizer() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<int[]>>> calls =
          IntStream.range(0, 64)
              .<Callable<List<int[]>>>mapToObj(i -> () -> tokenizer.encodeAll(golden.texts, 10_000))
              .toList();
      for (Future<List<int[]>> rows : pool.invokeAll(calls)) {
        assertThat(rows.get()).usingRecursiveComparison().isEqualTo(golden.ids);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void a_closed_tokenizer_refuses_to_work() throws Exception {
    T5Tokenizer other = T5Tokenizer.load(resource("t5"));
    other.close();
    other.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> other.encode("text", 10))
        .withMessage("the tokenizer is closed");
  }

  @Test
  void a_copy_holds_the_same_files_and_an_old_style_configuration(@TempDir Path temp)
      throws Exception {
    tokenizer.copyTo(temp.resolve("copy"));
    Path copy = temp.resolve("copy");
    assertThat(copy.resolve("tokenizer.json"))
        .hasSameBinaryContentAs(resource("t5/tokenizer.json"));
    assertThat(copy.resolve("spiece.model")).hasSameBinaryContentAs(resource("t5/spiece.model"));
    assertOldStyle(copy);
    try (var files = Files.list(copy)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void a_directory_written_by_transformers_5_is_copied_in_old_style(@TempDir Path temp)
      throws Exception {
    Files.copy(resource("t5/tokenizer.json"), temp.resolve("tokenizer.json"));
    Files.copy(
        resource("written-by-5/tokenizer_config.json"), temp.resolve("tokenizer_config.json"));
    try (T5Tokenizer five = T5Tokenizer.load(temp)) {
      assertThat(five.encodeAll(golden.texts, 10_000))
          .usingRecursiveComparison()
          .isEqualTo(golden.ids);
      five.copyTo(temp);
    }
    assertOldStyle(temp);
    assertThat(temp.resolve("spiece.model")).doesNotExist();
  }

  private static void assertOldStyle(Path directory) throws IOException {
    JsonObject config = json(directory.resolve("tokenizer_config.json"));
    List<String> sentinels = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sentinels.add("<extra_id_" + i + ">");
    }
    assertThat(config.getAsJsonArray("additional_special_tokens").asList())
        .extracting(element -> element.getAsString())
        .containsExactlyInAnyOrderElementsOf(sentinels);
    assertThat(config.getAsJsonObject("extra_special_tokens").size()).isZero();
    assertThat(config.get("extra_ids").getAsInt()).isEqualTo(10);
    assertThat(config.get("model_max_length").getAsInt()).isEqualTo(512);
    assertThat(config.get("tokenizer_class").getAsString()).isEqualTo("T5Tokenizer");
    assertThat(json(directory.resolve("special_tokens_map.json")).get("eos_token").getAsString())
        .isEqualTo("</s>");
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file, UTF_8)).getAsJsonObject();
  }

  @Test
  void spaces_before_punctuation_go_when_the_configuration_says_so(@TempDir Path temp)
      throws Exception {
    Files.copy(resource("t5/tokenizer.json"), temp.resolve("tokenizer.json"));
    Files.writeString(
        temp.resolve("tokenizer_config.json"), "{\"clean_up_tokenization_spaces\": true}");
    try (T5Tokenizer cleaning = T5Tokenizer.load(temp)) {
      assertThat(cleaning.decodeAll(golden.rows))
          .containsExactlyElementsOf(golden.decoded_and_cleaned);
    }
  }

  @Test
  void saved_files_may_be_read_by_whom_other_files_may_be_read(@TempDir Path temp)
      throws Exception {
    Path other = Files.writeString(temp.resolve("other"), "");
    try (T5Tokenizer loaded = T5Tokenizer.load(resource("t5"))) {
      loaded.copyTo(temp.resolve("saved"));
    }
    assumeTrue(other.getFileSystem().supportedFileAttributeViews().contains("posix"));
    assertThat(Files.getPosixFilePermissions(temp.resolve("saved/tokenizer.json")))
        .isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void an_id_that_no_vocabulary_can_have_is_refused(@TempDir Path temp) throws Exception {
    String json = Files.readString(resource("t5/tokenizer.json"), UTF_8);
    JsonObject definition = JsonParser.parseString(json).getAsJsonObject();
    definition
        .getAsJsonArray("added_tokens")
        .get(0)
        .getAsJsonObject()
        .addProperty("id", 2147483647);
    Files.writeString(temp.resolve("tokenizer.json"), definition.toString(), UTF_8);
    assertThatThrownBy(() -> T5Tokenizer.load(temp))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("2147483647");
  }

  @Test
  void one_token_may_have_two_roles(@TempDir Path temp) throws Exception {
    Files.copy(resource("t5/tokenizer.json"), temp.resolve("tokenizer.json"));
    Files.writeString(temp.resolve("tokenizer_config.json"), "{\"pad_token\": \"</s>\"}");
    try (T5Tokenizer shared = T5Tokenizer.load(temp)) {
      assertThat(shared.padTokenId()).isEqualTo(shared.eosTokenId());
    }
  }

  @Test
  void a_directory_without_the_file_says_what_to_do(@TempDir Path temp) throws Exception {
    assertThatThrownBy(() -> T5Tokenizer.load(temp.resolve("nowhere")))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("there is no such directory");
    assertThatThrownBy(() -> T5Tokenizer.load(temp))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("it has no tokenizer.json");
    Files.copy(resource("t5/spiece.model"), temp.resolve("spiece.model"));
    assertThatThrownBy(() -> T5Tokenizer.load(temp))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("it has only spiece.model")
        .hasMessageContaining("T5TokenizerFast.from_pretrained");
  }

  @Test
  void damaged_files_are_refused(@TempDir Path temp) throws Exception {
    byte[] good = Files.readAllBytes(resource("t5/tokenizer.json"));
    for (String damaged :
        List.of(
            "",
            "not json",
            "[]",
            "{}",
            "{\"model\": {}}",
            "{\"model\": 3}",
            "{\"model\": {\"vocab\": [[\"a\", 0.0]]}}",
            "{\"model\": {\"vocab\": {\"<pad>\": 0, \"</s>\": 1, \"<unk>\": 2}}}",
            new String(good, 0, good.length / 2, UTF_8),
            new String(good, UTF_8).replace("\"Unigram\"", "\"Bigram\""))) {
      Files.writeString(temp.resolve("tokenizer.json"), damaged);
      assertThatThrownBy(() -> T5Tokenizer.load(temp))
          .isInstanceOf(TokenizerException.class)
          .hasMessageContaining("is not a usable tokenizer")
          .hasMessageContaining(temp.toString());
    }
  }

  @Test
  void a_tokenizer_with_more_tokens_than_the_model_is_refused() {
    tokenizer.requireFits(golden.size);
    assertThatThrownBy(() -> tokenizer.requireFits(golden.size - 1))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("it has 310 tokens, the model's vocab_size is 309");
  }
}
