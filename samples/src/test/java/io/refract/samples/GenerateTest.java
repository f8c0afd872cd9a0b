package io.refract.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.train.t5.T5Model;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody who knows generate() of transformers finds its options again. */
class GenerateTest {

  @TempDir Path folder;

  @BeforeEach
  void a_model_and_two_texts() throws IOException {
    try (T5Model model = Models.open(null, 3)) {
      model.save(folder.resolve("model"));
    }
    Files.writeString(
        folder.resolve("in.jsonl"),
        "{\"text\": \"My invoice is wrong\"}\n\n{\"text\": \"The page does not load\"}\n");
  }

  private List<JsonObject> generate(String... options) throws IOException {
    Path output = folder.resolve("out.jsonl");
    assertThat(generateTo(output, options)).isZero();
    return Files.readAllLines(output).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private int generateTo(Path output, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "generate",
                "--model",
                folder.resolve("model").toString(),
                "--input",
                folder.resolve("in.jsonl").toString(),
                "--output",
                output.toString()));
    if (Stream.of("--max-length", "--task").noneMatch(List.of(options)::contains)) {
      arguments.addAll(List.of("--max-new-tokens", "8"));
    }
    arguments.addAll(List.of(options));
    return Samples.run(arguments.toArray(String[]::new));
  }

  @Test
  void every_line_has_its_output_in_the_same_order() throws IOException {
    List<JsonObject> lines = generate();

    assertThat(lines)
        .extracting(line -> line.get("text").getAsString())
        .containsExactly("My invoice is wrong", "The page does not load");
    assertThat(lines.get(0).keySet()).containsExactly("text", "ids", "generated", "score");
  }

  @Test
  void several_sequences_of_a_beam_search_stand_in_one_line() throws IOException {
    List<JsonObject> lines =
        generate(
            "--num-beams",
            "4",
            "--num-return-sequences",
            "3",
            "--length-penalty",
            "2.0",
            "--early-stopping",
            "never",
            "--no-repeat-ngram-size",
            "2",
            "--encoder-no-repeat-ngram-size",
            "3",
            "--repetition-penalty",
            "1.2",
            "--min-length",
            "3",
            "--min-new-tokens",
            "4",
            "--bad-words",
            "invoice,page",
            "--suppress-tokens",
            "5,6");

    for (JsonObject line : lines) {
      List<JsonElement> sequences = line.getAsJsonArray("sequences").asList();
      assertThat(sequences).hasSize(3);
      double last = Double.POSITIVE_INFINITY;
      Set<JsonElement> different = new HashSet<>();
      for (JsonElement sequence : sequences) {
        double score = sequence.getAsJsonObject().get("score").getAsDouble();
        assertThat(score).isLessThanOrEqualTo(last);
        last = score;
        JsonElement ids = sequence.getAsJsonObject().get("ids");
        assertThat(ids.getAsJsonArray().size()).isGreaterThan(4);
        assertThat(different.add(ids)).isTrue();
      }
    }
  }

  @Test
  void forced_and_suppressed_tokens_are_where_they_belong() throws IOException {
    List<List<Integer>> forced =
        ids(
            generate(
                "--max-length",
                "7",
                "--min-length",
                "7",
                "--forced-bos-token-id",
                "9",
                "--forced-eos-token-id",
                "8"));
    assertThat(forced).allSatisfy(ids -> assertThat(ids).hasSize(6).startsWith(9).endsWith(8));

    List<List<Integer>> plain = ids(generate());
    int first = plain.get(0).get(0);
    assertThat(ids(generate("--begin-suppress-tokens", "1," + first)))
        .allSatisfy(ids -> assertThat(ids.get(0)).isNotIn(1, first));
    // A small budget takes the texts one by one, which changes no text.
    assertThat(ids(generate("--token-budget", "1"))).isEqualTo(plain);
  }

  @Test
  void a_task_has_its_options_in_the_checkpoint() throws IOException {
    Path config = folder.resolve("model").resolve("config.json");
    JsonObject json = JsonParser.parseString(Files.readString(config)).getAsJsonObject();
    json.add(
        "task_specific_params",
        JsonParser.parseString(
            "{\"summarization\": {\"min_length\": 5, \"max_length\": 5, \"forced_bos_token_id\": 9,"
                + " \"prefix\": \"summarize: \"}}"));
    Files.writeString(config, json.toString());

    assertThat(ids(generate("--task", "summarization")))
        .allSatisfy(ids -> assertThat(ids).hasSize(4).startsWith(9))
        .isEqualTo(
            ids(prefixed("--max-length", "5", "--min-length", "5", "--forced-bos-token-id", "9")));
    assertThat(generateTo(folder.resolve("none.jsonl"), "--task", "translation")).isPositive();
  }

  private List<JsonObject> prefixed(String... options) throws IOException {
    Path input = folder.resolve("in.jsonl");
    String texts = Files.readString(input);
    Files.writeString(input, texts.replace("\"text\": \"", "\"text\": \"summarize: "));
    try {
      return generate(options);
    } finally {
      Files.writeString(input, texts);
    }
  }

  private static List<List<Integer>> ids(List<JsonObject> lines) {
    return lines.stream()
        .map(
            line ->
                line.getAsJsonArray("ids").asList().stream().map(JsonElement::getAsInt).toList())
        .toList();
  }

  @Test
  void the_same_seed_draws_the_same_texts_and_another_one_others() throws IOException {
    String[] options = {
      "--do-sample",
      "--temperature",
      "3",
      "--top-k",
      "0",
      "--top-p",
      "0.99",
      "--min-p",
      "0.0001",
      "--typical-p",
      "0.99",
      "--seed",
      "5"
    };
    List<JsonObject> first = generate(options);

    assertThat(generate(options)).isEqualTo(first);
    options[options.length - 1] = "6";
    assertThat(generate(options)).isNotEqualTo(first);
  }

  @Test
  void with_labels_every_output_is_one_of_them() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels"), "billing\nshipping\n\nother\n");

    for (String beams : List.of("1", "3")) {
      assertThat(generate("--labels", labels.toString(), "--num-beams", beams))
          .extracting(line -> line.get("generated").getAsString())
          .isSubsetOf("billing", "shipping", "other");
    }
  }

  @Test
  void a_stream_prints_what_is_written() throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      List<JsonObject> lines = generate("--stream");
      assertThat(printed.toString(StandardCharsets.UTF_8).lines())
          .containsExactlyElementsOf(
              lines.stream().map(line -> line.get("generated").getAsString()).toList());
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void every_dtype_generates_and_says_what_the_weights_take() throws IOException {
    PrintStream before = System.err;
    for (String dtype : List.of("float32", "bfloat16", "int8")) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
      try {
        assertThat(generate("--dtype", dtype)).hasSize(2);
      } finally {
        System.setErr(before);
      }
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .containsPattern("MB of weights, .* MB of them mapped \\{.*" + dtype + "=\\d+");
    }
  }

  @Test
  void without_dtype_texts_are_those_of_float32() throws IOException {
    assertThat(generate("--dtype", "float32")).isEqualTo(generate());
  }

  @Test
  void a_dtype_that_there_is_not_is_refused_by_name_before_anything_is_written() {
    for (String sample : List.of("generate", "evaluate")) {
      List<String> arguments =
          new ArrayList<>(
              List.of(sample, "--model", folder.resolve("model").toString(), "--dtype", "int4"));
      Path output = folder.resolve("none.jsonl");
      arguments.addAll(
          sample.equals("generate")
              ? List.of(
                  "--input", folder.resolve("in.jsonl").toString(), "--output", output.toString())
              : List.of(
                  "--data",
                  SampleFiles.tickets().toString(),
                  "--source",
                  "request",
                  "--target",
                  "category"));
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream before = System.err;
      System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
      try {
        assertThat(Samples.run(arguments.toArray(String[]::new))).isEqualTo(1);
      } finally {
        System.setErr(before);
      }
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains("--dtype int4", "float32, bfloat16 or int8");
      assertThat(output).doesNotExist();
    }
  }

  @Test
  void evaluate_measures_what_a_dtype_generates() throws IOException {
    List<String> reports = new ArrayList<>();
    for (String dtype : List.of("float32", "int8")) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      PrintStream before = System.out;
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      try {
        assertThat(
                Samples.run(
                    "evaluate",
                    "--model",
                    folder.resolve("model").toString(),
                    "--dtype",
                    dtype,
                    "--data",
                    SampleFiles.tickets().toString(),
                    "--source",
                    "request",
                    "--target",
                    "category",
                    "--max-target-tokens",
                    "8"))
            .isZero();
      } finally {
        System.setOut(before);
      }
      reports.add(printed.toString(StandardCharsets.UTF_8));
    }
    List<JsonObject> results =
        reports.stream().map(report -> JsonParser.parseString(report).getAsJsonObject()).toList();
    assertThat(results.get(1).keySet()).isEqualTo(results.get(0).keySet()).contains("rouge1");
    // The loss is that of the 32-bit weights.
    assertThat(results.get(1).get("loss")).isEqualTo(results.get(0).get("loss"));
  }

  @Test
  void the_input_is_never_overwritten() throws IOException {
    Path input = folder.resolve("in.jsonl");
    String texts = Files.readString(input);
    assertThat(generateTo(input)).isEqualTo(1);
    assertThat(input).hasContent(texts);
  }

  @Test
  void what_is_before_a_line_without_a_text_is_written() throws IOException {
    Files.writeString(folder.resolve("in.jsonl"), "{\"text\": \"one\"}\n{\"other\": 1}\n");
    assertThat(generateTo(folder.resolve("out.jsonl"))).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("out.jsonl")))
        .singleElement()
        .asString()
        .startsWith("{\"text\":\"one\"");
  }

  @ParameterizedTest
  @CsvSource({
    "--num-beams 2 --num-return-sequences 3, num_return_sequences",
    "--num-beams 0, num_beams must be at least 1",
    "--early-stopping maybe, 'expected one of [TRUE, FALSE, NEVER]'",
    "--labels missing, --labels missing: the file cannot be read",
    "--stream --num-beams 2, beams",
    "--max-length 8 --max-new-tokens 8, mutually exclusive",
    "--max-length 1, max length must be at least 2",
    "--token-budget 0, token budget must be at least 1",
  })
  void options_that_cannot_be_are_refused_and_an_earlier_output_stays(String options, String reason)
      throws IOException {
    Path output = Files.writeString(folder.resolve("out.jsonl"), "an earlier output");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(generateTo(output, options.split(" "))).isPositive();
    } finally {
      System.setErr(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains(reason)
        .doesNotContain("\tat io.refract");
    assertThat(output).hasContent("an earlier output");
  }
}
