package io.refract.train.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.SamplePrediction;
import io.refract.train.TrainingResult;
import io.refract.train.callback.StepReport;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class TrainingReportTest {

  /** Reports to look at in a browser. */
  private static final Path EXAMPLES = Path.of("target", "report-examples");

  private static final String[] ROUGE = {"rouge1", "rouge2", "rougeL", "rougeLsum"};

  private static TrainingResult summarization() {
    String source =
        "We present a method for the fine-tuning of encoder-decoder models on small machines. "
            .repeat(25);
    return Trainings.ofSteps(6000)
        .evaluated(12, ROUGE)
        .profiled(180, 256, Map.of("{", 41L, "}", 39L, "\n", 12L))
        .stopped("rougeL was not better than 0.280312 of step 5500 in the last 3 evaluations")
        .sampled(
            new SamplePrediction(
                source, "A method for small machines.", Optional.of(source), "A method."),
            new SamplePrediction("Short source.", "Target.", Optional.of(""), "Target."),
            new SamplePrediction("Line one.\nLine two.", "Other.", Optional.empty(), "Wrong."))
        .result();
  }

  private static TrainingResult classification(int labels, int examples) {
    List<String> names =
        labels == 5
            ? List.of("outage", "billing", "how to", "bug report", "praise")
            : IntStream.range(0, labels).mapToObj(i -> "card_payment_intent_" + i).toList();
    return Trainings.ofSteps(420)
        .evaluated(6, "accuracy", "macro_precision", "macro_recall", "macro_f1")
        .classified(names, examples)
        .profiled(24, 64, Map.of())
        .sampled(new SamplePrediction("My card is gone", "outage", Optional.of("?"), "outage"))
        .result();
  }

  private static String html(TrainingResult result) {
    return TrainingReport.of(result).title("Example").model("t5-small, 60.5 M").html();
  }

  /** The module under test has no need of XML; only its tests read it. */
  @BeforeAll
  static void read_xml() {
    TrainingReportTest.class
        .getModule()
        .addReads(ModuleLayer.boot().findModule("java.xml").orElseThrow());
  }

  /** Parses the document as XML, which it is besides HTML. */
  private static Document parsed(String html) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    assertThat(html).startsWith("<!DOCTYPE html>\n<html lang=\"en\">");
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<String> texts(Document document, String name) {
    return elements(document, name).stream().map(Element::getTextContent).toList();
  }

  @Test
  void a_summarization_shows_curves_metrics_samples_data_and_origin() throws Exception {
    Path file = TrainingReport.of(summarization()).write(EXAMPLES.resolve("summarization.html"));
    Document page = parsed(Files.readString(file));
    assertThat(texts(page, "h2"))
        .containsExactly(
            "Metrics on the validation data",
            "Curves",
            "Samples of the validation data",
            "Data",
            "Settings and provenance");
    assertThat(texts(page, "h3"))
        .contains(
            "Loss (cross entropy per target token, nats)",
            "ROUGE on the validation data",
            "Learning rate",
            "Gradient norm before clipping",
            "Source lengths, training",
            "Target lengths, validation",
            "What the vocabulary lacks, training",
            "Hyper-parameters");
    assertThat(texts(page, "td"))
        .containsSequence("rougeL", "0.0200", "0.2981", "+0.2781")
        .containsSequence("learningRate", "3.0E-4")
        .containsSequence("rows used", "4,514 (99.7 %)", "500 (97.3 %)")
        .contains("google-t5/t5-small", "cd".repeat(32), "PyTorch 2.7.1", "not asked", "(nothing)");
    assertThat(texts(page, "p"))
        .contains(
            "The training ended early: rougeL was not better than 0.280312 of step 5500 in the last"
                + " 3 evaluations");
    assertThat(texts(page, "text")).contains("limit 256");
  }

  @Test
  void a_classification_shows_matrix_and_scores_of_its_labels() throws Exception {
    Path file =
        TrainingReport.of(classification(5, 400)).write(EXAMPLES.resolve("classification-5.html"));
    Document page = parsed(Files.readString(file));
    assertThat(texts(page, "h3"))
        .contains("Each label", "Most frequent mistakes", "Metrics on the validation data");
    assertThat(texts(page, "title")).anyMatch(title -> title.matches("outage → outage: \\d+ .*"));
    assertThat(texts(page, "td"))
        .contains("macro mean", "micro mean", "weighted mean", "none of the labels");
    assertThat(elements(page, "svg"))
        .filteredOn(svg -> svg.getAttribute("aria-label").equals("confusion matrix"))
        .hasSize(1);
  }

  @Test
  void many_labels_stay_readable_and_far_too_many_have_no_matrix() throws Exception {
    Path file =
        TrainingReport.of(classification(77, 3080))
            .write(EXAMPLES.resolve("classification-77.html"));
    Document page = parsed(Files.readString(file));
    assertThat(elements(page, "svg")).anyMatch(svg -> svg.getAttribute("class").contains("dense"));
    assertThat(Files.size(file)).isLessThan(500_000);

    String far = html(classification(1200, 20_000));
    assertThat(far)
        .contains("A matrix of so many labels could not be read.", "and 200 labels more")
        .doesNotContain("aria-label=\"confusion matrix\"");
    assertThat(far.length()).isLessThan(1_000_000);
  }

  @Test
  void texts_of_the_data_never_become_markup() throws Exception {
    String hostile =
        "</td></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp; \u0000\u0008"
            + "\ud800 ]]> <!-- é 日本 \ud83d\ude00";
    TrainingResult result =
        Trainings.ofSteps(40)
            .evaluated(2, hostile)
            .classified(List.of(hostile, "b"), 50)
            .profiled(20, 30, Map.of(hostile, 3L))
            .stopped(hostile)
            .sampled(new SamplePrediction(hostile, hostile, Optional.of(hostile), hostile))
            .result();
    String html = TrainingReport.of(result).title(hostile).model(hostile).html();
    Document page = parsed(new String(html.getBytes(UTF_8), UTF_8));
    assertThat(elements(page, "script")).isEmpty();
    assertThat(elements(page, "img")).isEmpty();
    assertThat(html).doesNotContain("<script", "<img", "<!--", "onerror=alert(2)>");
    assertThat(texts(page, "h1").get(0))
        .startsWith("</td></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp; ")
        .endsWith("]]> <!-- é 日本 \ud83d\ude00");
    // Only these attributes stand in the document, whatever the texts hold.
    assertThat(elements(page, "*"))
        .allSatisfy(
            element -> {
              for (int i = 0; i < element.getAttributes().getLength(); i++) {
                assertThat(element.getAttributes().item(i).getNodeName())
                    .doesNotStartWith("on")
                    .isNotIn("href", "src", "style");
              }
            });
  }

  @Test
  void only_void_elements_close_themselves_as_html_wants_it() {
    assertThat(html(classification(5, 400)).replaceAll("<meta [^>]*/>", "")).doesNotContain("/>");
  }

  @Test
  void the_file_loads_nothing() {
    String html = html(summarization());
    assertThat(html)
        .contains("default-src &apos;none&apos;; style-src &apos;unsafe-inline&apos;")
        .doesNotContain("http://", "https://", "url(", "@import", "<link", "<script");
    assertThat(html).contains("prefers-color-scheme: dark");
  }

  @Test
  void a_training_of_100_000_updates_gives_less_than_a_megabyte_and_keeps_its_spikes()
      throws Exception {
    TrainingResult result = Trainings.ofSteps(100_000).evaluated(200, ROUGE).result();
    String html = html(result);
    assertThat(html.getBytes(UTF_8).length).isLessThan(1_000_000);
    double highest =
        result.lossCurve().stream().mapToDouble(StepReport::gradientNorm).max().orElse(0);
    assertThat(texts(parsed(html), "title"))
        .anyMatch(
            title ->
                title.contains("gradient norm") && title.contains(" to " + Numbers.value(highest)));
  }

  @Test
  void what_a_training_lacks_is_left_out() throws Exception {
    // No validation, no samples, no data report, one update.
    Document page = parsed(html(Trainings.ofSteps(1).result()));
    assertThat(texts(page, "h2")).containsExactly("Curves", "Settings and provenance");
    assertThat(texts(page, "h3")).contains("Loss (cross entropy per target token, nats)");
    assertThat(elements(page, "circle")).isNotEmpty();
  }

  @Test
  void numbers_that_are_not_finite_leave_a_gap() throws Exception {
    TrainingResult result = Trainings.ofSteps(5).evaluated(2, "odd").result();
    List<StepReport> steps =
        Stream.of(2.0, Double.NaN, 1.0, Double.POSITIVE_INFINITY, Double.NaN)
            .map(loss -> new StepReport(1, 5, 1, loss, loss, 1e-4, 10))
            .toList();
    Html html = new Html().open("html", "lang", "en");
    CurveSection.draw(html, steps, result.evaluations());
    String text = html.close().toString();
    assertThat(text).doesNotContain("NaN", "Infinity");
    assertThat(elements(parsed(text), "path")).isNotEmpty();
  }

  @Test
  void a_report_is_written_again_but_no_other_file_is_replaced(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("runs/report.html");
    TrainingReport.of(Trainings.ofSteps(2).result()).title("first").write(file);
    TrainingReport.of(Trainings.ofSteps(2).result()).title("second").write(file);
    assertThat(Files.readString(file)).contains("<h1>second</h1>");
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }

    Path precious = Files.writeString(folder.resolve("thesis.html"), "<html>thesis</html>");
    TrainingReport report = TrainingReport.of(Trainings.ofSteps(2).result());
    assertThatThrownBy(() -> report.write(precious))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("it exists and is no training report");
    assertThatThrownBy(() -> report.write(folder)).isInstanceOf(ReportException.class);
    assertThatThrownBy(() -> report.write(precious.resolve("report.html")))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("Check the disk and the permissions");
    assertThat(precious).hasContent("<html>thesis</html>");
  }

  @Test
  void a_title_is_never_blank() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingReport.of(Trainings.ofSteps(1).result()).title(" "))
        .withMessage("the title of a report must not be blank");
  }
}
