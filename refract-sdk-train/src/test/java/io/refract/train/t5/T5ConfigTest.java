package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.refract.train.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class T5ConfigTest {

  @TempDir Path folder;

  private T5Config parse(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
    return T5Config.load(folder);
  }

  @Test
  void absent_entries_take_the_defaults_of_transformers() throws IOException {
    T5Config config = parse("{\"model_type\":\"t5\"}");
    assertThat(config.vocabSize()).isEqualTo(32128);
    assertThat(config.dModel()).isEqualTo(512);
    assertThat(config.dKv()).isEqualTo(64);
    assertThat(config.dFf()).isEqualTo(2048);
    assertThat(config.numLayers()).isEqualTo(6);
    assertThat(config.numDecoderLayers()).isEqualTo(6);
    assertThat(config.numHeads()).isEqualTo(8);
    assertThat(config.relativeAttentionNumBuckets()).isEqualTo(32);
    assertThat(config.relativeAttentionMaxDistance()).isEqualTo(128);
    assertThat(config.dropoutRate()).isEqualTo(0.1);
    assertThat(config.layerNormEpsilon()).isEqualTo(1e-6);
    assertThat(config.feedForwardProj()).isEqualTo("relu");
    assertThat(config.tieWordEmbeddings()).isTrue();
    assertThat(config.padTokenId()).isZero();
    assertThat(config.eosTokenIds()).containsExactly(1);
    assertThat(config.decoderStartTokenId()).isZero();
    assertThat(parse("{\"model_type\":\"mt5\"}").tieWordEmbeddings()).isFalse();
  }

  @Test
  void decoder_layers_default_to_encoder_layers() throws IOException {
    assertThat(parse("{\"num_layers\":3}").numDecoderLayers()).isEqualTo(3);
    assertThat(parse("{\"num_layers\":3,\"num_decoder_layers\":null}").numDecoderLayers())
        .isEqualTo(3);
  }

  @Test
  void unknown_entries_survive_and_a_second_writing_changes_nothing() throws IOException {
    T5Config config =
        parse(
            "{\"task_specific_params\":{\"summarization\":{\"prefix\":\"summarize: \",\"length_penalty\":2.0}},"
                + "\"n_positions\":512,\"gradient_checkpointing\":null,\"torch_dtype\":\"bfloat16\","
                + "\"eos_token_id\":[1,5],\"dropout_rate\":0.05}");
    String json = config.toJson();
    T5Config again = parse(json);
    assertThat(again.toJson()).isEqualTo(json);
    assertThat(again.eosTokenIds()).containsExactly(1, 5);
    assertThat(again.dropoutRate()).isEqualTo(0.05);
    assertThat(again.otherEntries())
        .containsEntry("n_positions", "512")
        .containsEntry("gradient_checkpointing", "null");
    assertThat(again.otherEntries().get("task_specific_params")).contains("\"length_penalty\":2.0");
  }

  @Test
  void what_is_written_says_that_the_weights_are_32_bit_floats() throws IOException {
    String json = parse("{\"torch_dtype\":\"bfloat16\",\"dtype\":\"bfloat16\"}").toJson();
    assertThat(JsonParser.parseString(json).getAsJsonObject().get("dtype").getAsString())
        .isEqualTo("float32");
    assertThat(json).doesNotContain("torch_dtype");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"tie_word_embeddings\":true} | true",
        "{\"tie_word_embeddings\":false} | false",
        "{\"tie_word_embeddings\":true,\"scale_decoder_outputs\":false} | false",
        "{\"tie_word_embeddings\":true,\"scale_decoder_outputs\":true} | true",
        "{\"model_type\":\"mt5\",\"tie_word_embeddings\":true,\"transformers_version\":\"5.18.0\"} | false",
        "{\"model_type\":\"mt5\",\"tie_word_embeddings\":false,\"transformers_version\":\"4.57.6\"} | false"
      })
  void tying_is_read_from_both_styles(String json, boolean tied) throws IOException {
    T5Config config = parse(json);
    assertThat(config.tieWordEmbeddings()).isEqualTo(tied);
    assertThat(parse(config.toJson())).isEqualTo(config);
    assertThat(config.toJson()).doesNotContain("scale_decoder_outputs");
  }

  @ParameterizedTest
  @CsvSource({
    "relu, relu, false", "gated-gelu, gelu_new, true", "gelu, gelu, false",
    "gated-silu, silu, true", "gated-relu, relu, true", "gelu_new, gelu_new, false"
  })
  void the_activation_is_read_as_transformers_does(
      String projection, String activation, boolean gated) throws IOException {
    T5Config config = parse("{\"feed_forward_proj\":\"%s\"}".formatted(projection));
    assertThat(config.activation()).isEqualTo(activation);
    assertThat(config.gated()).isEqualTo(gated);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model_type\":\"umt5\"} | model_type must be t5 or mt5 but was 'umt5'",
        "{\"d_model\":0} | d_model must be at least 1 but was 0",
        "{\"d_model\":\"x\"} | 'd_model' has the unexpected value \"x\"",
        "{\"d_model\":1.5} | 'd_model' has the unexpected value 1.5",
        "{\"d_model\":[]} | 'd_model' has the unexpected value []",
        "{\"d_model\":99999999999} | 'd_model' has the unexpected value",
        "{\"num_heads\":70000,\"d_kv\":70000} | num_heads times d_kv is too large",
        "{\"dropout_rate\":1} | dropout_rate must be 0 or more and below 1 but was 1.0",
        "{\"layer_norm_epsilon\":0} | layer_norm_epsilon must be more than 0",
        "{\"relative_attention_num_buckets\":3} | must be even and at least 4 but was 3",
        "{\"relative_attention_max_distance\":16} | must be more than half the buckets (16)",
        "{\"feed_forward_proj\":\"gated-gelu-x\"} | feed_forward_proj must be one of",
        "{\"feed_forward_proj\":\"glu-relu\"} | feed_forward_proj must be one of",
        "{\"pad_token_id\":32128} | pad_token_id must lie within the vocabulary",
        "{\"decoder_start_token_id\":-1} | decoder_start_token_id must lie within",
        "{\"eos_token_id\":[]} | eos_token_id must name at least one token",
        "{\"tie_word_embeddings\":\"yes\"} | 'tie_word_embeddings' has the unexpected value",
        "{\"model_type\":\"mt5\",\"tie_word_embeddings\":true} | transformers 4 and 5 disagree"
      })
  void a_value_that_cannot_be_is_named_with_its_file(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(folder.resolve("config.json").toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "null", "1"})
  void a_file_that_is_no_json_object_is_refused(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void a_directory_without_it_is_refused() {
    assertThatThrownBy(() -> T5Config.load(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("config.json");
  }
}
