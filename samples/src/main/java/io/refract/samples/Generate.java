package io.refract.samples;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.refract.scoring.GenerationSettings;
import io.refract.train.t5.T5Model;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Generates one output for each line of a JSONL file. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Reads {\"text\": ...} lines and writes {\"text\", \"ids\", \"generated\"} lines in the same"
            + " order. ids are the generated token ids without the start token, up to and with the"
            + " end-of-sequence token.")
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

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Tokens generated at most per text (default: ${DEFAULT-VALUE}).")
  int maxNewTokens = 64;

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

  private final Gson gson = new Gson();

  @Override
  public Integer call() throws IOException {
    Path in = Objects.requireNonNull(input);
    Path out = Objects.requireNonNull(output);
    GenerationSettings settings = new GenerationSettings(maxSourceTokens, maxNewTokens, batchSize);
    long lines = 0;
    try (BufferedReader reader = Files.newBufferedReader(in);
        T5Model t5 = T5Model.load(model);
        BufferedWriter writer = Files.newBufferedWriter(out)) {
      List<String> chunk = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines++;
        if (!line.isBlank()) {
          chunk.add(text(line, in, lines));
        }
        if (chunk.size() == CHUNK) {
          generate(t5, chunk, settings, writer);
          chunk.clear();
        }
      }
      generate(t5, chunk, settings, writer);
    }
    System.err.printf("%d lines of %s, results in %s%n", lines, in, out);
    return 0;
  }

  private static String text(String line, Path file, long number) {
    try {
      JsonElement element = JsonParser.parseString(line);
      JsonElement text = element.isJsonObject() ? element.getAsJsonObject().get("text") : null;
      if (text != null && text.isJsonPrimitive()) {
        return text.getAsString();
      }
    } catch (JsonParseException e) {
      // Reported below like any other line without a text.
    }
    throw new SampleException(
        "Reading "
            + file
            + ": line "
            + number
            + " is no JSON object with a \"text\". Nothing after"
            + " it was generated; mend or remove the line.");
  }

  private void generate(
      T5Model t5, List<String> texts, GenerationSettings settings, BufferedWriter writer)
      throws IOException {
    List<int[]> sources = t5.tokenizer().encodeAll(texts, settings.maxSourceTokens());
    List<int[]> ids = t5.generateIds(sources, settings);
    for (int i = 0; i < texts.size(); i++) {
      JsonArray array = new JsonArray();
      for (int id : ids.get(i)) {
        array.add(id);
      }
      JsonObject result = new JsonObject();
      result.addProperty("text", texts.get(i));
      result.add("ids", array);
      result.addProperty("generated", t5.tokenizer().decode(ids.get(i)));
      writer.write(gson.toJson(result));
      writer.newLine();
    }
  }
}
