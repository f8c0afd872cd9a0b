package io.refract.benchmarks;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The SDK's side of benchmarks/run: reads commands, one JSON object a line, and answers each with
 * one line. While no command is there, nothing runs, so that other workers have the machine.
 *
 * <p>A command names what to do under {@code case}; the other entries belong to the case. An answer
 * has {@code seconds} and what was computed, or {@code unsupported} with a reason, or {@code
 * error}.
 */
final class Worker {

  private Worker() {}

  /**
   * Answers until the input ends.
   *
   * @param arguments the directory of the model
   */
  public static void main(String[] arguments) throws IOException {
    // Only answers may reach the standard output, whatever a library prints.
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    Path model = Path.of(arguments[0]);
    Gson gson = new Gson();
    try (GenerationCase generation = new GenerationCase(model);
        StepCase step = new StepCase(model)) {
      Map<String, Case> cases =
          Map.of(
              "generate",
              generation,
              "step",
              step,
              "epoch",
              new EpochCase(model),
              "memory",
              command -> WorkerProcess.memory(),
              "versions",
              command -> WorkerProcess.versions());
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        answers.println(gson.toJson(answer(cases, JsonParser.parseString(line).getAsJsonObject())));
      }
    }
  }

  private static JsonObject answer(Map<String, Case> cases, JsonObject command) {
    String name = command.get("case").getAsString();
    Case asked = cases.get(name);
    JsonObject answer = new JsonObject();
    if (asked == null) {
      answer.addProperty("error", "there is no case '%s'".formatted(name));
      return answer;
    }
    try {
      return asked.run(command);
    } catch (UnsupportedCaseException e) {
      answer.addProperty("unsupported", e.getMessage());
    } catch (Exception e) {
      e.printStackTrace();
      answer.addProperty("error", e.toString());
    }
    return answer;
  }
}
