package io.refract.train.report;

import io.refract.train.SamplePrediction;
import java.util.List;
import java.util.Optional;

/** What the model writes for some examples, before and after the training. */
final class SampleSection {

  private static final int MOST = 40;
  private static final int LONGEST_SOURCE = 1500;
  private static final int LONGEST_TEXT = 1000;

  private SampleSection() {}

  static void draw(Html html, List<SamplePrediction> samples) {
    if (samples.isEmpty()) {
      return;
    }
    boolean before = samples.stream().anyMatch(sample -> sample.before().isPresent());
    html.open("section", "id", "samples").element("h2", "Samples of the validation data");
    html.open("div", "class", "scroll").open("table", "class", "samples");
    html.open("thead").open("tr").element("th", "source").element("th", "target");
    if (before) {
      html.element("th", "before training");
    }
    html.element("th", "after training").close().close().open("tbody");
    samples.stream().limit(MOST).forEach(sample -> row(html, sample, before));
    html.close().close().close();
    if (samples.size() > MOST) {
      int more = samples.size() - MOST;
      html.element("p", "and " + Numbers.count(more) + " samples more", "class", "note");
    }
    html.close();
  }

  private static void row(Html html, SamplePrediction sample, boolean before) {
    html.open("tr");
    cell(html, Optional.of(sample.source()), LONGEST_SOURCE, "");
    cell(html, Optional.of(sample.target()), LONGEST_TEXT, "");
    if (before) {
      cell(html, sample.before(), LONGEST_TEXT, match(sample, sample.before()));
    }
    Optional<String> after = Optional.of(sample.after());
    cell(html, after, LONGEST_TEXT, match(sample, after));
    html.close();
  }

  private static String match(SamplePrediction sample, Optional<String> text) {
    return text.filter(t -> t.strip().equals(sample.target().strip())).isPresent() ? "equal" : "";
  }

  private static void cell(Html html, Optional<String> text, int longest, String kind) {
    html.open("td").open("div", "class", ("words " + kind).strip());
    if (text.isEmpty()) {
      html.element("i", "not asked");
    } else if (text.get().isBlank()) {
      html.element("i", "(nothing)");
    } else {
      html.text(cut(text.get(), longest));
    }
    html.close().close();
  }

  /** Returns the start of a text, and how much is missing; no pair of surrogates is torn. */
  static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
    return text.substring(0, end) + "… (" + Numbers.count(text.length() - end) + " more)";
  }
}
