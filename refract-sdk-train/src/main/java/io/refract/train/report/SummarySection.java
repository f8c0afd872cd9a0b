package io.refract.train.report;

import io.refract.train.TrainingResult;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The numbers that everybody looks at first, and the metrics before and after. */
final class SummarySection {

  private static final String TRAINING_LOSS = "train_loss";

  private SummarySection() {}

  static void draw(Html html, TrainingResult result) {
    result
        .stopReason()
        .ifPresent(
            reason -> html.element("p", "The training ended early: " + reason, "class", "stop"));
    html.open("div", "class", "tiles");
    tile(html, "updates", Numbers.count(result.steps()));
    tile(html, "epochs", Numbers.count(result.history().size()));
    tile(html, "duration", Numbers.duration(result.duration()));
    tile(html, "tokens per second", Numbers.value(result.tokensPerSecond()));
    metricTile(html, "training loss", result.metrics().get(TRAINING_LOSS));
    metricTile(html, "validation loss", result.metrics().get("loss"));
    html.close().line();
    metrics(html, result);
  }

  private static void metricTile(Html html, String name, @Nullable Double value) {
    if (value != null) {
      tile(html, name, Numbers.value(value));
    }
  }

  private static void tile(Html html, String name, String value) {
    html.open("div").element("b", value).element("span", name).close();
  }

  private static void metrics(Html html, TrainingResult result) {
    Set<String> names = new LinkedHashSet<>(result.metricsBefore().keySet());
    names.addAll(result.metrics().keySet());
    names.remove(TRAINING_LOSS);
    if (names.isEmpty()) {
      return;
    }
    boolean before = !result.metricsBefore().isEmpty();
    html.open("section", "id", "metrics").element("h2", "Metrics on the validation data");
    html.open("div", "class", "scroll");
    if (before) {
      Table.open(html, "metric", "before training", "after training", "change");
    } else {
      Table.open(html, "metric", "after training");
    }
    names.forEach(name -> row(html, name, result.metricsBefore(), result.metrics(), before));
    html.close().close().close().close();
  }

  private static void row(
      Html html, String name, Map<String, Double> before, Map<String, Double> after, boolean both) {
    String last = value(after, name);
    if (!both) {
      Table.row(html, "", name, last);
      return;
    }
    double change = after.getOrDefault(name, Double.NaN) - before.getOrDefault(name, Double.NaN);
    String difference = Double.isFinite(change) ? String.format(Locale.ROOT, "%+.4f", change) : "–";
    Table.row(html, "", name, value(before, name), last, difference);
  }

  private static String value(Map<String, Double> values, String name) {
    Double value = values.get(name);
    return value == null ? "–" : Numbers.value(value);
  }
}
