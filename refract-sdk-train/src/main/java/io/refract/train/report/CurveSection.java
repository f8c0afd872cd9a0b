package io.refract.train.report;

import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The course of the training: losses, metrics, learning rate, gradients, speed. */
final class CurveSection {

  private static final String LOSS = "loss";
  private static final int COLOURS = 6;
  private static final int RAW_COLOUR = 0;
  private static final int VALIDATION_COLOUR = 1;

  private CurveSection() {}

  static void draw(Html html, List<StepReport> steps, List<EvaluationReport> evaluations) {
    if (steps.isEmpty() && evaluations.isEmpty()) {
      return;
    }
    html.open("section", "id", "curves").element("h2", "Curves").open("div", "class", "charts");
    CurveChart.draw(
        html, "Loss (cross entropy per target token, nats)", losses(steps, evaluations));
    metricCharts(html, evaluations);
    if (!steps.isEmpty()) {
      Curve rate = curve("learning rate", 2, steps, StepReport::learningRate);
      CurveChart.drawFromZero(html, "Learning rate", List.of(rate));
      CurveChart.drawFromZero(
          html,
          "Gradient norm before clipping",
          smoothed(curve("gradient norm", 3, steps, StepReport::gradientNorm)));
      CurveChart.drawFromZero(
          html,
          "Tokens per second",
          smoothed(curve("tokens per second", 4, steps, StepReport::tokensPerSecond)));
    }
    html.close().close();
  }

  private static List<Curve> losses(List<StepReport> steps, List<EvaluationReport> evaluations) {
    List<Curve> curves = new ArrayList<>();
    if (!steps.isEmpty()) {
      curves.addAll(smoothed(curve("training loss", RAW_COLOUR, steps, StepReport::loss)));
    }
    List<EvaluationReport> measured = measured(evaluations, LOSS);
    if (!measured.isEmpty()) {
      curves.add(evaluated("validation loss", VALIDATION_COLOUR, LOSS, measured));
    }
    return curves;
  }

  /** The curve alone when it is short; else pale behind its smooth form. */
  private static List<Curve> smoothed(Curve curve) {
    if (!curve.canBeSmoothed()) {
      return List.of(curve);
    }
    Curve pale =
        new Curve(curve.name(), curve.colour(), Curve.Look.FAINT, curve.steps(), curve.values());
    return List.of(pale, curve.smoothed(curve.name() + ", smoothed", curve.colour()));
  }

  private static Curve curve(
      String name, int colour, List<StepReport> steps, ToDoubleFunction<StepReport> value) {
    return new Curve(
        name,
        colour,
        Curve.Look.LINE,
        steps.stream().mapToDouble(StepReport::step).toArray(),
        steps.stream().mapToDouble(value).toArray());
  }

  private static void metricCharts(Html html, List<EvaluationReport> evaluations) {
    Map<String, List<Curve>> charts = new LinkedHashMap<>();
    for (String name : names(evaluations)) {
      List<EvaluationReport> reports = measured(evaluations, name);
      if (!name.equals(LOSS)) {
        List<Curve> curves =
            charts.computeIfAbsent(chart(name, reports), title -> new ArrayList<>());
        curves.add(evaluated(name, curves.size() % COLOURS, name, reports));
      }
    }
    charts.forEach(
        (title, curves) -> {
          for (int i = 0; i < curves.size(); i += COLOURS) {
            List<Curve> part = curves.subList(i, Math.min(curves.size(), i + COLOURS));
            CurveChart.draw(html, part.size() == 1 ? part.get(0).name() : title, part);
          }
        });
  }

  /** Values of a like kind share a chart: ROUGE, and what lies between 0 and 1. */
  private static String chart(String name, List<EvaluationReport> reports) {
    if (name.startsWith("rouge")) {
      return "ROUGE on the validation data";
    }
    boolean share =
        reports.stream().mapToDouble(report -> value(report, name)).allMatch(v -> v >= 0 && v <= 1);
    return share ? "Metrics on the validation data" : name;
  }

  private static List<String> names(List<EvaluationReport> evaluations) {
    return evaluations.stream()
        .flatMap(report -> report.metrics().keySet().stream())
        .distinct()
        .toList();
  }

  private static List<EvaluationReport> measured(List<EvaluationReport> evaluations, String name) {
    return evaluations.stream().filter(report -> report.metrics().containsKey(name)).toList();
  }

  private static Curve evaluated(
      String shown, int colour, String name, List<EvaluationReport> reports) {
    return new Curve(
        shown,
        colour,
        Curve.Look.POINTS,
        reports.stream().mapToDouble(EvaluationReport::step).toArray(),
        reports.stream().mapToDouble(report -> value(report, name)).toArray());
  }

  private static double value(EvaluationReport report, String name) {
    return report.metrics().getOrDefault(name, Double.NaN);
  }
}
