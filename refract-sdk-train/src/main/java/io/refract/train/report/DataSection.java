package io.refract.train.report;

import io.refract.train.data.DataProfile;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;

/** What the model saw of the data: counts, what was lost, and how long the texts are. */
final class DataSection {

  private static final int MOST_UNKNOWN = 20;

  private DataSection() {}

  static void draw(Html html, Map<String, DataProfile> data) {
    if (data.isEmpty()) {
      return;
    }
    html.open("section", "id", "data").element("h2", "Data").open("div", "class", "scroll");
    Collection<DataProfile> profiles = data.values();
    html.open("table").open("thead").open("tr").element("th", "");
    data.keySet().forEach(role -> html.element("th", role));
    html.close().close().open("tbody");
    row(html, "name", profiles, DataProfile::name);
    row(html, "rows read", profiles, p -> Numbers.count(p.rowsRead()));
    row(html, "rows used", profiles, p -> share(p.rowsUsed(), p.rowsRead()));
    row(html, "left out: empty cells", profiles, p -> share(p.emptyCells(), p.rowsRead()));
    row(html, "duplicates", profiles, p -> share(p.duplicates(), p.rowsUsed()));
    row(html, "same source, other target", profiles, p -> share(p.conflicts(), p.rowsUsed()));
    row(html, "sources cut", profiles, p -> share(p.truncatedSources(), p.rowsUsed()));
    row(html, "targets cut", profiles, p -> share(p.truncatedTargets(), p.rowsUsed()));
    row(
        html,
        "rows with unknown tokens",
        profiles,
        p -> share(p.rowsWithUnknownTokens(), p.rowsUsed()));
    row(html, "sources also in training", profiles, p -> share(p.leakedRows(), p.rowsUsed()));
    html.close().close().close();
    html.open("div", "class", "charts");
    data.forEach(
        (role, profile) -> {
          HistogramChart.draw(
              html,
              "Source lengths, " + role,
              profile.sourceTokens(),
              profile.maxSourceTokens(),
              profile.truncatedSources());
          HistogramChart.draw(
              html,
              "Target lengths, " + role,
              profile.targetTokens(),
              profile.maxTargetTokens(),
              profile.truncatedTargets());
        });
    html.close();
    data.forEach((role, profile) -> unknown(html, role, profile.unknownTexts()));
    html.close();
  }

  private static String share(long count, long whole) {
    return Numbers.share(count, whole);
  }

  private static void row(
      Html html, String name, Collection<DataProfile> data, Function<DataProfile, String> value) {
    html.open("tr").element("td", name);
    data.forEach(profile -> html.element("td", value.apply(profile)));
    html.close();
  }

  private static void unknown(Html html, String role, Map<String, Long> texts) {
    if (texts.isEmpty()) {
      return;
    }
    html.element("h3", "What the vocabulary lacks, " + role).open("p", "class", "unknown");
    texts.entrySet().stream()
        .limit(MOST_UNKNOWN)
        .forEach(
            entry -> {
              html.open("span").element("code", visible(SampleSection.cut(entry.getKey(), 40)));
              html.text(" " + Numbers.count(entry.getValue())).close().text(" ");
            });
    html.close();
  }

  /** Line breaks, tabs and blanks would show nothing. */
  private static String visible(String text) {
    return text.replace("\n", "⏎").replace("\r", "␍").replace("\t", "⇥").replace(" ", "␣");
  }
}
