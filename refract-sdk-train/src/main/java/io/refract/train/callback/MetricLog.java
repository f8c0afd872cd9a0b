package io.refract.train.callback;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the course of a training into a file: one row for each update, or for every so many, and
 * one for each evaluation.
 *
 * <pre>{@code
 * MetricLog.csv(Path.of("runs/triage.csv"));
 * MetricLog.jsonl(Path.of("runs/triage.jsonl")).every(10);
 * }</pre>
 *
 * <p>Every row says what it is in {@code event}, {@code step} or {@code evaluation}, then {@code
 * step} and {@code epoch}. The row of an update goes on with {@code loss} (nats), {@code
 * gradient_norm}, {@code learning_rate} and {@code tokens_per_second}; that of an evaluation with
 * {@code seconds} and its values, each with {@code validation_} in front. In the CSV a cell is
 * empty where the row has no such value, and an evaluation that brings a new value gives the file a
 * new column. In JSON lines a number that is not finite is null.
 *
 * <p>Every row is handed to the operating system when it is written, so that a killed training
 * leaves all of them. A resumed training goes on in the same file: rows after the step that it goes
 * on from, and a row that was cut off, are removed; when it had left no checkpoint, those are the
 * rows of all updates. A training that is not resumed refuses a file that exists.
 *
 * <p>One instance serves one training at a time. Not thread-safe.
 */
public final class MetricLog implements TrainingCallback {

  private final RowFile file;
  private int every = 1;
  private int lastStep;
  private long evaluatedUpTo = -1;

  private MetricLog(RowFile file) {
    this.file = file;
  }

  /**
   * Writes comma-separated values in UTF-8, with a line of column names.
   *
   * @param file the file; its directory is made when it does not exist
   */
  public static MetricLog csv(Path file) {
    return new MetricLog(new CsvRows(file));
  }

  /**
   * Writes a JSON object on each line, in UTF-8.
   *
   * @param file the file; its directory is made when it does not exist
   */
  public static MetricLog jsonl(Path file) {
    return new MetricLog(new JsonRows(file));
  }

  /**
   * Sets that only the first update, every so many, and the last get a row; default 1, all of them.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public MetricLog every(int steps) {
    checkArgument(steps >= 1, "steps between two rows must be at least 1 but was %s", steps);
    every = steps;
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * @throws CallbackException if the file exists and the training is not resumed, or the file
   *     cannot be read or written
   */
  @Override
  public void onStart(TrainingPlan plan) {
    lastStep = plan.totalSteps();
    attempt(
        () -> {
          evaluatedUpTo = -1;
          if (plan.firstStep() > 0) {
            evaluatedUpTo = file.resume(plan.firstStep());
          } else if (plan.resumes()) {
            file.createAside();
          } else {
            file.create();
          }
        });
  }

  @Override
  public void onStep(StepReport report) {
    int step = report.step();
    if (step != 1 && step % every != 0 && step != lastStep) {
      return;
    }
    Map<String, Object> row = row("step", step, report.epoch());
    row.put("loss", report.loss());
    row.put("gradient_norm", report.gradientNorm());
    row.put("learning_rate", report.learningRate());
    row.put("tokens_per_second", report.tokensPerSecond());
    attempt(() -> file.add(row));
  }

  /** A resumed training may evaluate once more where it goes on; that row is there already. */
  @Override
  public void onEvaluation(EvaluationReport report) {
    if (report.step() <= evaluatedUpTo) {
      return;
    }
    Map<String, Object> row = row("evaluation", report.step(), report.epoch());
    row.put("seconds", report.duration().toNanos() / 1e9);
    report.metrics().forEach((name, value) -> row.put("validation_" + name, value));
    attempt(() -> file.add(row));
  }

  private static Map<String, Object> row(String event, int step, int epoch) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("event", event);
    row.put("step", step);
    row.put("epoch", epoch);
    return row;
  }

  @Override
  public void onEnd(int steps) {
    attempt(file::close);
  }

  private void attempt(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new CallbackException(
          "Cannot write the metric log "
              + file.path()
              + ": "
              + e
              + ". Check the file, the disk and the permissions.",
          e);
    }
  }

  @Override
  public String toString() {
    return "MetricLog[" + file.path() + "]";
  }

  private interface Writing {
    void run() throws IOException;
  }
}
