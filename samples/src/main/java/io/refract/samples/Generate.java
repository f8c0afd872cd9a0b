package io.refract.samples;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.refract.train.generation.GeneratedText;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.TextGenerator;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Generates one output for each line of a JSONL file. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Reads {\"text\": ...} lines and writes {\"text\", \"ids\", \"generated\", \"score\"} lines in the"
            + " same order. ids are the generated token ids without the start token, up to and with"
            + " the end-of-sequence token. With several sequences per text, a line is {\"text\","
            + " \"sequences\": [{\"ids\", \"generated\", \"score\"}, ...]}, the best first.")
final class Generate implements Callable<Integer> {

  /** Lines that are in memory at once. */
  private static final int CHUNK = 4096;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Hugging Face checkpoint directory.")
  String model = "";

  @Option(names = "--input", paramLabel = "FILE.jsonl", required = true, description = "The texts.")
  @Nullable Path input;

  @Option(
      names = "--output",
      paramLabel = "FILE.jsonl",
      required = true,
      description = "Where the results go.")
  @Nullable Path output;

  @ArgGroup @Nullable Longest longest;

  /** One of two ways to say it. */
  static final class Longest {
    @Option(
        names = "--max-new-tokens",
        paramLabel = "N",
        description = "Tokens generated at most per text (default: 64, or what --task says).")
    @Nullable Integer maxNewTokens;

    @Option(
        names = "--max-length",
        paramLabel = "N",
        description = "The same, the start token counted; not with --max-new-tokens.")
    @Nullable Integer maxLength;
  }

  @Option(
      names = "--max-source-tokens",
      paramLabel = "N",
      description = "Tokens after which a text is cut (default: ${DEFAULT-VALUE}).")
  int maxSourceTokens = 512;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Texts that go through the model at once (default: ${DEFAULT-VALUE}).")
  int batchSize = 16;

  @Option(
      names = "--token-budget",
      paramLabel = "N",
      description =
          "Tokens that go through the model at once, texts and outputs together, which bounds the"
              + " memory (default: 16384).")
  @Nullable Integer tokenBudget;

  @Option(
      names = "--stream",
      description =
          "Print texts word by word on standard output while they are generated, one after the"
              + " other; not with beams.")
  boolean stream;

  @Mixin private final WeightOptions weights = new WeightOptions();

  @Mixin private final GenerationOptions options = new GenerationOptions();

  private final Gson gson = new Gson();

  @Override
  public Integer call() throws IOException {
    Path in = Objects.requireNonNull(input);
    Path out = Objects.requireNonNull(output);
    if (Files.exists(out) && Files.isSameFile(in, out)) {
      throw new SampleException(
          "Generating from "
              + in
              + ": --input and --output are the same file. Name another output.");
    }
    try (BufferedReader reader = Files.newBufferedReader(in);
        T5Model t5 = weights.open(model)) {
      TextGenerator generator = generator(t5);
      // Whether the options fit together shows here, before an earlier output is overwritten.
      generator.generate(List.of());
      long lines = generate(generator, reader, in, out);
      System.err.printf("%d lines of %s, results in %s%n", lines, in, out);
      System.err.println(t5.memory());
    }
    return 0;
  }

  /** Returns the number of lines that were read. */
  private long generate(TextGenerator generator, BufferedReader reader, Path in, Path out)
      throws IOException {
    long lines = 0;
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      List<String> chunk = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines++;
        if (!line.isBlank()) {
          String text = text(line);
          if (text == null) {
            generate(generator, chunk, writer);
            throw noText(in, lines);
          }
          chunk.add(text);
        }
        // Of several texts at once, the longest would be shown first.
        if (chunk.size() == (stream ? 1 : CHUNK)) {
          generate(generator, chunk, writer);
          chunk.clear();
        }
      }
      generate(generator, chunk, writer);
    }
    return lines;
  }

  private static @Nullable String text(String line) {
    try {
      JsonElement element = JsonParser.parseString(line);
      JsonElement text = element.isJsonObject() ? element.getAsJsonObject().get("text") : null;
      return text != null && text.isJsonPrimitive() ? text.getAsString() : null;
    } catch (JsonParseException e) {
      return null;
    }
  }

  private static SampleException noText(Path file, long number) {
    return new SampleException(
        "Reading "
            + file
            + ": line "
            + number
            + " is no JSON object with a \"text\". What is before it was generated, nothing after it;"
            + " mend or remove the line.");
  }

  private TextGenerator generator(T5Model t5) {
    TextGenerator generator =
        t5.generator().maxSourceTokens(maxSourceTokens).batchSize(stream ? 1 : batchSize);
    options.apply(generator);
    if (longest != null && longest.maxNewTokens != null) {
      generator.maxNewTokens(longest.maxNewTokens);
    }
    if (longest != null && longest.maxLength != null) {
      generator.maxLength(longest.maxLength);
    }
    if (tokenBudget != null) {
      generator.tokenBudget(tokenBudget);
    }
    if (stream) {
      generator.listener(
          piece -> {
            System.out.print(piece.last() ? piece.text() + System.lineSeparator() : piece.text());
            System.out.flush();
          });
    }
    return generator;
  }

  private void generate(TextGenerator generator, List<String> texts, BufferedWriter writer)
      throws IOException {
    List<JsonArray> sequences = new ArrayList<>();
    texts.forEach(text -> sequences.add(new JsonArray()));
    List<GeneratedText> generated = generator.generate(texts);
    boolean several = generated.stream().anyMatch(text -> text.sequence() > 0);
    generated.forEach(text -> sequences.get(text.input()).add(sequence(text)));
    for (int i = 0; i < texts.size(); i++) {
      JsonObject result = new JsonObject();
      result.addProperty("text", texts.get(i));
      if (several) {
        result.add("sequences", sequences.get(i));
      } else {
        sequences.get(i).get(0).getAsJsonObject().asMap().forEach(result::add);
      }
      writer.write(gson.toJson(result));
      writer.newLine();
    }
  }

  private static JsonObject sequence(GeneratedText text) {
    JsonArray ids = new JsonArray();
    text.ids().forEach(ids::add);
    JsonObject sequence = new JsonObject();
    sequence.add("ids", ids);
    sequence.addProperty("generated", text.text());
    sequence.addProperty("score", text.score());
    return sequence;
  }
}
