package io.refract.samples;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;

/**
 * Invented news in the format of the public news_summary.csv: columns author, date, headlines,
 * read_more, text and ctext, windows-1252 bytes, some empty cells, and articles of very different
 * length.
 */
final class InventedNews {

  private static final int ROWS = 240;
  private static final List<String> PLACES =
      List.of("the harbour", "the old mill", "the station", "the market hall", "the town library");
  private static final List<String> EVENTS =
      List.of("opens again", "is closed", "gets a new roof", "is sold", "is painted red");
  private static final List<String> DAYS = List.of("Monday", "Tuesday", "Thursday", "Saturday");
  private static final List<String> FILLERS =
      List.of(
          "Many people came to look at it.",
          "Nobody wanted to say what it costs.",
          "The café next door had to wait for its guests.",
          "“We have talked about it for years”, said the mayor.",
          "A child asked whether the swans would stay.",
          "Last year the plan had failed for want of money.",
          "The weather was better than expected.");

  private InventedNews() {}

  /** Writes the file, unless it is there, and returns it. */
  static Path write(Path file) {
    if (Files.exists(file)) {
      return file;
    }
    Random random = new Random(7);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (BufferedWriter writer = Files.newBufferedWriter(file, Charset.forName("windows-1252"))) {
        write(writer, "author", "date", "headlines", "read_more", "text", "ctext");
        for (int row = 0; row < ROWS; row++) {
          String fact =
              "%s %s on %s, %d years after it was built."
                  .formatted(
                      pick(PLACES, random),
                      pick(EVENTS, random),
                      pick(DAYS, random),
                      10 + random.nextInt(90));
          String article = row % 40 == 39 ? "" : article(fact, random);
          write(writer, "A. Writer", "3 May 2026", fact, "https://example.org", fact, article);
        }
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Writing invented news to " + file + " failed: " + e, e);
    }
  }

  private static void write(BufferedWriter writer, Object... cells) throws IOException {
    writer.write(CSVFormat.RFC4180.format(cells));
    writer.newLine();
  }

  /** The fact comes first; what follows has up to 3,000 words. */
  private static String article(String fact, Random random) {
    StringBuilder article = new StringBuilder(fact);
    int sentences = random.nextInt(20) == 0 ? 400 : 2 + random.nextInt(20);
    for (int i = 0; i < sentences; i++) {
      article.append(i % 6 == 5 ? "\n" : " ").append(pick(FILLERS, random));
    }
    return article.toString();
  }

  private static String pick(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }
}
