package io.refract.benchmarks;

import com.google.gson.JsonObject;
import io.refract.train.Precision;
import io.refract.train.T5Trainer;
import io.refract.train.callback.StepReport;
import io.refract.train.callback.TrainingCallback;
import io.refract.train.callback.TrainingPlan;
import io.refract.train.data.Dataset;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.t5.T5Model;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;

/**
 * A training by {@link T5Trainer} on a thread of its own, which stands still until it is asked for
 * its next update.
 */
final class SteppedTraining implements AutoCloseable {

  /** More updates than anyone asks for. */
  private static final int EPOCHS = 1_000_000;

  private final SynchronousQueue<Request> requests = new SynchronousQueue<>();
  private final SynchronousQueue<JsonObject> answers = new SynchronousQueue<>();
  private final Thread thread;

  /** What the training thread is to do next. */
  private enum Request {
    STEP,
    END
  }

  /** How to train. */
  record Setup(
      Path data,
      int batchSize,
      int maxSourceTokens,
      int maxTargetTokens,
      String precision,
      double dropout,
      double learningRate) {

    static Setup of(JsonObject command) {
      return new Setup(
          Path.of(command.get("data").getAsString()),
          command.get("batch_size").getAsInt(),
          command.get("max_source_tokens").getAsInt(),
          command.get("max_target_tokens").getAsInt(),
          command.get("precision").getAsString(),
          command.get("dropout").getAsDouble(),
          command.get("learning_rate").getAsDouble());
    }
  }

  private SteppedTraining(Path directory, Setup setup) {
    thread = new Thread(() -> train(directory, setup), "stepped-training");
  }

  static SteppedTraining start(Path directory, Setup setup) {
    SteppedTraining training = new SteppedTraining(directory, setup);
    training.thread.start();
    return training;
  }

  /** Makes one update, and returns its {@code seconds} and {@code loss}. */
  JsonObject step() throws InterruptedException {
    requests.put(Request.STEP);
    return answers.take();
  }

  private void train(Path directory, Setup setup) {
    try (T5Model model = T5Model.load(directory)) {
      T5Trainer.of(model)
          .data(Dataset.jsonl(setup.data()).source("source").target("target").read())
          .maxSourceTokens(setup.maxSourceTokens())
          .maxTargetTokens(setup.maxTargetTokens())
          .batchSize(setup.batchSize())
          .precision(Precision.of(setup.precision()))
          .dropout(setup.dropout())
          .learningRate(setup.learningRate())
          .schedule(LearningRateSchedule.constant())
          .epochs(EPOCHS)
          .maxSteps(EPOCHS)
          .callback(new Gate())
          .train();
    } catch (RuntimeException e) {
      e.printStackTrace();
      JsonObject answer = new JsonObject();
      answer.addProperty("error", e.toString());
      pass(answer);
    }
  }

  private void pass(JsonObject answer) {
    try {
      answers.put(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets one update through for each request. */
  private final class Gate implements TrainingCallback {
    private long start;
    private boolean ended;

    @Override
    public void onStart(TrainingPlan plan) {
      await();
    }

    @Override
    public void onStep(StepReport report) {
      JsonObject answer = new JsonObject();
      answer.addProperty("seconds", (System.nanoTime() - start) / 1e9);
      answer.addProperty("loss", report.loss());
      answer.addProperty("gradient_norm", report.gradientNorm());
      pass(answer);
      await();
    }

    private void await() {
      try {
        ended = requests.take() == Request.END;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ended = true;
      }
      start = System.nanoTime();
    }

    @Override
    public Optional<String> stopReason() {
      return ended ? Optional.of("no more updates are asked for") : Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      if (thread.isAlive()) {
        requests.put(Request.END);
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
