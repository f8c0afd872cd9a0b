package io.refract.train.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.refract.train.TrainingResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A training as one HTML file for a browser: metrics before and after, loss and metric curves,
 * learning rate, gradients, the data with their lengths, confusion of labels, samples, settings and
 * provenance. What the result lacks is left out.
 *
 * <pre>{@code
 * TrainingReport.of(result).title("Ticket triage").model("t5-small").write(Path.of("report.html"));
 * }</pre>
 *
 * <p>The file needs nothing else: it loads and runs nothing, and tells the browser to refuse both.
 * It is light or dark as the reader's system is. All texts are escaped. Curves are thinned out
 * without losing their spikes and long texts are cut, so that also a training of 100,000 updates
 * gives a file below 1 MB.
 *
 * <p>A file that an earlier report was written to is replaced in one step, because a resumed
 * training writes its report again; any other file is refused.
 *
 * <p>Not thread-safe.
 */
public final class TrainingReport {

  /** How a report is told from other files. */
  private static final String GENERATOR = "Refract SDK training report";

  private static final int HEAD_BYTES = 2048;
  private static final String STYLE = style();

  private final TrainingResult result;
  private String title = "Training report";
  private String model = "";

  private TrainingReport(TrainingResult result) {
    this.result = requireNonNull(result, "result");
  }

  /** Returns the report of a training. */
  public static TrainingReport of(TrainingResult result) {
    return new TrainingReport(result);
  }

  /**
   * Sets the heading; default {@code "Training report"}.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public TrainingReport title(String value) {
    checkArgument(!value.isBlank(), "the title of a report must not be blank");
    title = value;
    return this;
  }

  /** Sets the model in words, which stand below the heading; default none. */
  public TrainingReport model(String value) {
    model = requireNonNull(value, "model");
    return this;
  }

  /**
   * Writes the report.
   *
   * @param file the file, in UTF-8; its directory is made when it does not exist
   * @return the file
   * @throws ReportException if the file exists and is no such report, or it cannot be written
   */
  public Path write(Path file) {
    try {
      if (Files.exists(file) && !isReport(file)) {
        throw new ReportException(
            "Cannot write the training report "
                + file
                + ": it exists and is no training report. Delete or move it, or name another file.",
            null);
      }
      Path directory = requireNonNull(file.toAbsolutePath().getParent(), "directory");
      Files.createDirectories(directory);
      Path next = directory.resolve("." + file.getFileName() + ".next");
      try {
        // Half a surrogate pair, which a cut text may end with, becomes a question mark.
        Files.write(next, html().getBytes(UTF_8));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(next);
      }
    } catch (IOException e) {
      throw new ReportException(
          "Cannot write the training report "
              + file
              + ": "
              + e
              + ". Check the disk and the permissions.",
          e);
    }
    return file;
  }

  private static boolean isReport(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD_BYTES), UTF_8).contains(GENERATOR);
    }
  }

  /** Returns the document. */
  String html() {
    Html html = new Html().open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "generator", "content", GENERATOR);
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; style-src 'unsafe-inline'");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.element("title", title).style(STYLE).close().line().open("body").open("main");
    html.open("header").element("h1", title);
    if (!model.isBlank()) {
      html.element("p", model, "class", "model");
    }
    html.close();
    SummarySection.draw(html, result);
    CurveSection.draw(html, result.lossCurve(), result.evaluations());
    result.labels().ifPresent(matrix -> LabelSection.draw(html, matrix));
    SampleSection.draw(html, result.samples());
    DataSection.draw(html, result.data());
    ProvenanceSection.draw(html, result.provenance());
    return html.close().close().close().toString();
  }

  private static String style() {
    try (InputStream in = TrainingReport.class.getResourceAsStream("report.css")) {
      return new String(requireNonNull(in, "report.css").readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
