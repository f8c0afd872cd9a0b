package io.refract.samples;

import com.google.common.hash.Hashing;
import io.refract.progress.Progress;
import io.refract.train.Checkpoints;
import io.refract.train.RunningTraining;
import io.refract.train.T5Trainer;
import io.refract.train.TrainingResult;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.data.Split;
import io.refract.train.t5.T5Model;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops a training in the middle, resumes it, and compares with one that was never stopped. */
@Command(
    name = "resume-training",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains with checkpoints, stops in the middle, and resumes in a new model; then trains the same"
          + " without a stop, and compares the weights bit by bit.",
      "With --only-train you can also kill it yourself: run it, press Ctrl-C or kill -9 it, and run"
          + " it again with the same --output; it goes on from its newest checkpoint."
    })
final class ResumeTraining implements Callable<Integer> {

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the support tickets (default: ${DEFAULT-VALUE}).")
  int epochs = 2;

  @Option(
      names = "--stop-after",
      paramLabel = "STEPS",
      description = "Updates after which the first run is stopped (default: ${DEFAULT-VALUE}).")
  int stopAfter = 30;

  @Option(
      names = "--only-train",
      description = "Only train with checkpoints, and go on from what is there.")
  boolean onlyTrain;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder of the checkpoints (default: a new samples/output/resume-training/run-N).")
  @Nullable Path output;

  private static final long SEED = 42;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws TimeoutException, InterruptedException {
    Split split =
        DataOptions.read(SampleFiles.tickets(), "request", "category").holdOut(0.15, SEED);
    Path folder =
        output == null
            ? SampleFiles.nextFree(SampleFiles.output("resume-training"), "run")
            : output;
    Checkpoints checkpoints =
        Checkpoints.in(folder.resolve("checkpoints")).everySteps(10).keepLast(2);
    if (onlyTrain) {
      try (T5Model model = Models.open(null, SEED)) {
        TrainingResult result =
            trainer(model, split)
                .checkpoints(checkpoints)
                .resume()
                .stopOnShutdown()
                .callback(Progress.bar())
                .train();
        out.printf("Trained to update %d; checkpoints are in %s.%n", result.steps(), folder);
      }
      return 0;
    }
    stopInTheMiddle(split, checkpoints);
    String resumed = resume(split, checkpoints, folder.resolve("resumed"));
    String straight = straight(split, folder.resolve("straight"));
    boolean equal = resumed.equals(straight);
    out.printf(
        "%nSHA-256 of the weights%n  stopped and resumed  %s%n  never stopped        %s%n%s%n",
        resumed, straight, equal ? "They are the same, bit for bit." : "They DIFFER.");
    if (!equal) {
      out.println(
          "Several threads add numbers in changing order; with OMP_NUM_THREADS=1 the weights are the"
              + " same.");
    }
    return equal ? 0 : 1;
  }

  private T5Trainer trainer(T5Model model, Split split) {
    return T5Trainer.of(model)
        .data(split.training())
        .validation(split.validation())
        .maxSourceTokens(128)
        .maxTargetTokens(16)
        .epochs(epochs)
        .batchSize(16)
        .learningRate(1e-3)
        .warmupRatio(0.1)
        .seed(SEED);
  }

  private void stopInTheMiddle(Split split, Checkpoints checkpoints)
      throws TimeoutException, InterruptedException {
    CountDownLatch reached = new CountDownLatch(1);
    TrainingCallback watch =
        new TrainingCallback() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == stopAfter) {
              reached.countDown();
            }
          }

          @Override
          public void onEnd(int steps) {
            reached.countDown();
          }
        };
    try (T5Model model = Models.open(null, SEED)) {
      RunningTraining running =
          trainer(model, split).checkpoints(checkpoints).callback(watch).start();
      reached.await();
      running.stop();
      TrainingResult result = running.await(Duration.ofMinutes(10));
      out.printf(
          Locale.ROOT,
          "Stopped after update %d of %d (%s), loss %.4f.%n",
          result.steps(),
          result.lossCurve().get(0).totalSteps(),
          result.stopReason().orElse("it had ended already"),
          result.lossCurve().get(result.steps() - 1).loss());
    }
  }

  private String resume(Split split, Checkpoints checkpoints, Path directory) {
    try (T5Model model = Models.open(null, SEED)) {
      TrainingResult result =
          trainer(model, split)
              .checkpoints(checkpoints)
              .callback(new TrainingCallback() {})
              .resume()
              .train();
      out.printf(
          Locale.ROOT,
          "Resumed from %s and trained to update %d, validation loss %.4f.%n",
          checkpoints.directory(),
          result.steps(),
          result.metrics().get("loss"));
      return digest(model, directory);
    }
  }

  private String straight(Split split, Path directory) {
    try (T5Model model = Models.open(null, SEED)) {
      TrainingResult result = trainer(model, split).train();
      out.printf(
          Locale.ROOT,
          "Trained the same without a stop, validation loss %.4f.%n",
          result.metrics().get("loss"));
      return digest(model, directory);
    }
  }

  private static String digest(T5Model model, Path directory) {
    model.save(directory);
    try {
      byte[] weights = Files.readAllBytes(directory.resolve("model.safetensors"));
      return Hashing.sha256().hashBytes(weights).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading the weights in " + directory + " failed: " + e, e);
    }
  }
}
