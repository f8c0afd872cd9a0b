package io.refract.train.t5;

import io.refract.scoring.GenerationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@link StreamedGenerationTest} runs in a JVM of its own. */
final class GeneratingChild {

  private GeneratingChild() {}

  /** Returns a model as small as can be. */
  static T5Model model(Path tokenizer) {
    T5Config config =
        new T5Config(
            "t5",
            320,
            8,
            4,
            16,
            1,
            1,
            2,
            32,
            128,
            0.0,
            1e-6,
            1.0,
            "relu",
            true,
            0,
            List.of(1),
            0,
            Map.of());
    return T5Model.create(config, tokenizer, 5);
  }

  static String text(int row) {
    return "card " + row % 77 + " of " + "the customer ".repeat(row % 3) + row;
  }

  /**
   * Streams rows through a model.
   *
   * @param arguments the number of rows, and the directory of a tokenizer
   */
  public static void main(String[] arguments) throws IOException {
    int rows = Integer.parseInt(arguments[0]);
    GenerationSettings settings = new GenerationSettings(16, 2, 256);
    long outputs = 0;
    int digest = 0;
    try (T5Model model = model(Path.of(arguments[1]));
        Stream<String> generated =
            model.generate(IntStream.range(0, rows).mapToObj(GeneratingChild::text), settings)) {
      for (String output : (Iterable<String>) generated::iterator) {
        outputs++;
        digest = 31 * digest + output.hashCode();
      }
    }
    System.out.printf("%d outputs, digest %d, peak %d MB%n", outputs, digest, peakMegabytes());
  }

  /** The most memory that this process ever had, native included; 0 where Linux does not say. */
  private static long peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElse(0)
        / 1024;
  }
}
