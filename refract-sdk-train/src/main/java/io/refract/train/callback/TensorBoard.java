package io.refract.train.callback;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes event files that TensorBoard shows.
 *
 * <pre>{@code
 * TensorBoard.at(Path.of("runs/triage")); // then: tensorboard --logdir runs
 * }</pre>
 *
 * <p>Each update gives {@code train/loss} (nats), {@code train/gradient_norm}, {@code
 * train/learning_rate} and {@code train/tokens_per_second}; each evaluation its values with {@code
 * validation/} in front; the hyper-parameters are a text.
 *
 * <p>The directory is one run. A training that is not resumed refuses a directory that holds event
 * files. A resumed training adds a file, whose start tells TensorBoard to forget what the earlier
 * ones say of later steps; when it had left no checkpoint, that is all. Every event is handed to
 * the operating system when it is written.
 *
 * <p>One instance serves one training at a time. Not thread-safe.
 */
public final class TensorBoard implements TrainingCallback {

  private static final Pattern EVENT_FILE =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{10,12})\\..*");

  private final Path directory;
  private int every = 1;
  private int lastStep;
  private @Nullable OutputStream out;

  private TensorBoard(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes into a directory.
   *
   * @param directory the run's directory; made when it does not exist
   */
  public static TensorBoard at(Path directory) {
    return new TensorBoard(directory);
  }

  /**
   * Sets that only the first update, every so many, and the last are written; default 1, all.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public TensorBoard every(int steps) {
    checkArgument(steps >= 1, "steps between two events must be at least 1 but was %s", steps);
    every = steps;
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * @throws CallbackException if the directory holds event files and the training is not resumed,
   *     or it cannot be written
   */
  @Override
  public void onStart(TrainingPlan plan) {
    lastStep = plan.totalSteps();
    try {
      close();
      Files.createDirectories(directory);
      out = Files.newOutputStream(newFile(plan.resumes()), StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw failure(e);
    }
    write(TensorBoardEvents.version(now()));
    int done = plan.firstStep();
    if (plan.resumes()) {
      // Step 0, before the first update, is done again when the training begins again.
      write(TensorBoardEvents.start(now(), done == 0 ? 0 : done + 1L));
    }
    if (done == 0) {
      write(TensorBoardEvents.text(now(), 0, "hyper-parameters", table(plan)));
    }
  }

  /** TensorBoard reads the files of a directory in the order of their names. */
  private Path newFile(boolean resumed) throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.list(directory)) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.contains("tfevents"))
              .toList();
    }
    if (!names.isEmpty() && !resumed) {
      throw new CallbackException(
          "Cannot write TensorBoard events into "
              + directory
              + ": it holds those of another training. Delete or move them, name another directory,"
              + " or resume the training that wrote them.",
          null);
    }
    long newest =
        names.stream()
            .map(EVENT_FILE::matcher)
            .filter(Matcher::matches)
            .mapToLong(match -> Long.parseLong(match.group(1)))
            .max()
            .orElse(0);
    long seconds = Math.max(System.currentTimeMillis() / 1000, newest);
    return directory.resolve(
        String.format(
            Locale.ROOT, "events.out.tfevents.%010d.refract.%06d", seconds, names.size()));
  }

  private static String table(TrainingPlan plan) {
    StringBuilder table = new StringBuilder("| name | value |\n|---|---|\n");
    table.append(row("model", plan.model()));
    plan.hyperParameters().forEach((name, value) -> table.append(row(name, value)));
    return table.toString();
  }

  /** TensorBoard shows texts as Markdown, without HTML. */
  private static String row(String name, String value) {
    return "| " + cell(name) + " | " + cell(value) + " |\n";
  }

  private static String cell(String text) {
    return text.replaceAll("[\\p{Cntrl}]", " ").replaceAll("([\\\\`*_|<>\\[\\]#])", "\\\\$1");
  }

  @Override
  public void onStep(StepReport report) {
    int step = report.step();
    if (step != 1 && step % every != 0 && step != lastStep) {
      return;
    }
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/loss", report.loss());
    values.put("train/gradient_norm", report.gradientNorm());
    values.put("train/learning_rate", report.learningRate());
    values.put("train/tokens_per_second", report.tokensPerSecond());
    write(TensorBoardEvents.scalars(now(), step, values));
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    Map<String, Double> values = new LinkedHashMap<>();
    report.metrics().forEach((name, value) -> values.put("validation/" + name, value));
    write(TensorBoardEvents.scalars(now(), report.step(), values));
  }

  @Override
  public void onEnd(int steps) {
    try {
      close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }

  private void write(byte[] event) {
    if (out == null) {
      return;
    }
    try {
      out.write(TensorBoardEvents.record(event));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  private CallbackException failure(IOException e) {
    return new CallbackException(
        "Cannot write TensorBoard events into "
            + directory
            + ": "
            + e
            + ". Check the disk and the permissions.",
        e);
  }

  @Override
  public String toString() {
    return "TensorBoard[" + directory + "]";
  }
}
