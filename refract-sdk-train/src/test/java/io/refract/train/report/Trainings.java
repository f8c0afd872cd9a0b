package io.refract.train.report;

import com.google.common.collect.ImmutableMap;
import io.refract.provenance.DatasetProvenance;
import io.refract.provenance.Provenance;
import io.refract.train.SamplePrediction;
import io.refract.train.TrainingResult;
import io.refract.train.callback.EpochReport;
import io.refract.train.callback.EvaluationReport;
import io.refract.train.callback.StepReport;
import io.refract.train.data.DataProfile;
import io.refract.train.data.LengthHistogram;
import io.refract.train.metric.Classification;
import io.refract.train.metric.ConfusionMatrix;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Results of trainings that never were, in every size. */
final class Trainings {

  private final Random random = new Random(3);
  private final List<StepReport> steps = new ArrayList<>();
  private final List<EvaluationReport> evaluations = new ArrayList<>();
  private final List<SamplePrediction> samples = new ArrayList<>();
  private Optional<ConfusionMatrix> labels = Optional.empty();
  private Optional<String> stopReason = Optional.empty();
  private Map<String, DataProfile> data = Map.of();

  static Trainings ofSteps(int count) {
    Trainings training = new Trainings();
    for (int step = 1; step <= count; step++) {
      double part = (double) step / count;
      double noise = training.random.nextGaussian() * 0.12;
      training.steps.add(
          new StepReport(
              step,
              count,
              1 + (int) (3 * (step - 1L) / count),
              1.4 + 2.1 * Math.exp(-6 * part) + noise,
              0.6 + Math.abs(training.random.nextGaussian()) * 0.4 + (step % 997 == 0 ? 6 : 0),
              3e-4 * Math.min(part / 0.06, (1 - part) / 0.94 + 1e-3),
              1800 + 200 * training.random.nextDouble()));
    }
    return training;
  }

  Trainings evaluated(int times, String... metrics) {
    int last = steps.size();
    for (int i = 0; i <= times; i++) {
      double part = (double) i / times;
      ImmutableMap.Builder<String, Double> values = ImmutableMap.builder();
      values.put("loss", 1.62 + 2 * Math.exp(-7 * part) + 0.1 * part * part);
      for (int m = 0; m < metrics.length; m++) {
        values.put(metrics[m], (0.42 - 0.07 * m) * (1 - Math.exp(-5 * part)) + 0.01 * m);
      }
      evaluations.add(
          new EvaluationReport(
              (int) (last * part), 1, values.buildOrThrow(), Duration.ofSeconds(12)));
    }
    return this;
  }

  Trainings classified(List<String> names, int examples) {
    List<String> truth = new ArrayList<>();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < examples; i++) {
      int label = random.nextInt(names.size());
      int near = (label + 1 + random.nextInt(3)) % names.size();
      int draw = random.nextInt(100);
      truth.add(names.get(label));
      made.add(draw < 84 ? names.get(label) : draw < 97 ? names.get(near) : "nonsense");
    }
    labels = Optional.of(Classification.of(names).measure(made, truth).confusion());
    return this;
  }

  Trainings sampled(SamplePrediction... some) {
    samples.addAll(List.of(some));
    return this;
  }

  Trainings stopped(String reason) {
    stopReason = Optional.of(reason);
    return this;
  }

  Trainings profiled(int sourceMedian, int sourceLimit, Map<String, Long> unknown) {
    data =
        ImmutableMap.of(
            "training", profile("train.csv", 4514, sourceMedian, sourceLimit, unknown, 0),
            "validation", profile("dev.csv", 500, sourceMedian, sourceLimit, Map.of(), 3));
    return this;
  }

  private DataProfile profile(
      String name, long rows, int median, int limit, Map<String, Long> unknown, long leaked) {
    LengthHistogram sources = lengths((int) rows, median);
    LengthHistogram targets = lengths((int) rows, Math.max(3, median / 8));
    long cut =
        sources.bins().stream().filter(b -> b.from() > limit).mapToLong(b -> b.count()).sum();
    return new DataProfile(
        name, rows + 14, rows, 14, 21, 6, sources, targets, limit, 128, cut, 0, 17, unknown,
        leaked);
  }

  private LengthHistogram lengths(int count, int median) {
    int[] sorted =
        IntStream.range(0, count)
            .map(i -> 1 + (int) (median * Math.exp(random.nextGaussian() * 0.45)))
            .sorted()
            .toArray();
    int width = Math.max(1, median / 12);
    int max = sorted[count - 1];
    List<LengthHistogram.Bin> bins = new ArrayList<>();
    for (int from = 0; from <= max; from += width) {
      int first = from;
      long inside = IntStream.of(sorted).filter(v -> v >= first && v < first + width).count();
      bins.add(new LengthHistogram.Bin(from, from + width - 1, inside));
    }
    return new LengthHistogram(
        bins,
        sorted[0],
        IntStream.of(sorted).average().orElse(0),
        sorted[count / 2],
        sorted[count * 95 / 100],
        max);
  }

  TrainingResult result() {
    Map<String, Double> first = evaluations.isEmpty() ? Map.of() : evaluations.get(0).metrics();
    ImmutableMap.Builder<String, Double> last = ImmutableMap.builder();
    if (!evaluations.isEmpty()) {
      last.putAll(evaluations.get(evaluations.size() - 1).metrics());
    }
    last.put("train_loss", steps.get(steps.size() - 1).loss());
    return new TrainingResult(
        last.buildOrThrow(),
        first,
        List.of(new EpochReport(1, steps.size(), 2.0, Map.of(), Duration.ofSeconds(60))),
        steps,
        evaluations,
        data,
        samples,
        labels,
        stopReason,
        Duration.ofSeconds(4211),
        1904,
        provenance());
  }

  private static Provenance provenance() {
    return Provenance.started(Instant.parse("2026-11-26T10:00:00Z"))
        .dataset("training", DatasetProvenance.of("train.csv", "ab".repeat(32), 4514))
        .baseCheckpoint("google-t5/t5-small", "cd".repeat(32))
        .hyperParameter("learningRate", "3.0E-4")
        .hyperParameter("batchSize", 16)
        .hyperParameter("taskPrefix", "summarize: ")
        .seed(42)
        .engine("PyTorch 2.7.1")
        .finish(Instant.parse("2026-11-26T11:10:11Z"));
  }
}
