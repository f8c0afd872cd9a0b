package io.refract.benchmarks;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes one update of a training that waits between updates, and times it as the trainer itself
 * does its work: the next batch, forward, backward, clipping, optimizer.
 *
 * <p>A command has {@code data}, {@code batch_size}, {@code max_source_tokens}, {@code
 * max_target_tokens}, {@code precision}, {@code dropout} and {@code learning_rate}. A command with
 * other values than the one before ends that training and begins another one, from the checkpoint;
 * so does {@code restart}.
 */
final class StepCase implements Case, AutoCloseable {

  private final Path directory;
  private @Nullable SteppedTraining training;
  private SteppedTraining.@Nullable Setup setup;

  StepCase(Path directory) {
    this.directory = directory;
  }

  @Override
  public JsonObject run(JsonObject command) throws InterruptedException {
    SteppedTraining.Setup asked = SteppedTraining.Setup.of(command);
    boolean restart = command.has("restart") && command.get("restart").getAsBoolean();
    if (training == null || restart || !asked.equals(setup)) {
      close();
      setup = asked;
      training = SteppedTraining.start(directory, asked);
    }
    return training.step();
  }

  @Override
  public void close() {
    if (training != null) {
      training.close();
      training = null;
    }
  }
}
