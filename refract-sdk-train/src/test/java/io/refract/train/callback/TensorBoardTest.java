package io.refract.train.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.gson.Gson;
import io.refract.train.testing.TransformersPython;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {

  @TempDir Path folder;

  private static TrainingPlan plan(int firstStep) {
    return plan(firstStep, firstStep > 0);
  }

  private static TrainingPlan plan(int firstStep, boolean resumes) {
    return new TrainingPlan(
        "t5-small",
        firstStep,
        6,
        resumes,
        Set.of("loss", "rougeL"),
        ImmutableMap.of("learningRate", "3.0E-4", "odd", "a|b <i>\nc"));
  }

  private static StepReport step(int step) {
    return new StepReport(step, 6, 1, 3.5 - step, 0.25, 0.5, 1000);
  }

  private static EvaluationReport evaluation(int step) {
    return new EvaluationReport(
        step, 1, ImmutableMap.of("loss", 2.5, "rougeL", 0.125), Duration.ofMillis(1500));
  }

  private static void run(TensorBoard board, int from, int to) {
    board.onStart(plan(from));
    for (int i = from + 1; i <= to; i++) {
      board.onStep(step(i));
    }
    board.onEvaluation(evaluation(to));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Reads the records of a file as the TFRecord format says, and checks both checksums of each. */
  private static List<byte[]> records(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(masked(length));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(masked(data));
      records.add(data);
    }
    return records;
  }

  private static int masked(byte[] bytes) {
    int checksum = Hashing.crc32c().hashBytes(bytes).asInt();
    return ((checksum >>> 15) | (checksum << 17)) + 0xa282ead8;
  }

  @Test
  void a_file_is_whole_records_at_every_moment() throws IOException {
    run(TensorBoard.at(folder), 0, 2);
    assertThat(files()).hasSize(1).allMatch(file -> file.toString().contains(".tfevents."));
    List<byte[]> records = records(files().get(0));
    assertThat(records).hasSize(5);
    assertThat(new String(records.get(0), UTF_8)).contains("brain.Event:2");
    assertThat(new String(records.get(1), UTF_8)).contains("| learningRate | 3.0E-4 |");
    assertThat(new String(records.get(4), UTF_8)).contains("validation/rougeL");
  }

  /** The vector of RFC 3720 B.4, masked as TFRecord says, in a frame of 32 zeros. */
  @Test
  void the_frame_has_the_published_checksum() {
    byte[] frame = TensorBoardEvents.record(new byte[32]);
    int published = 0x8a9136aa;
    int expected = ((published >>> 15) | (published << 17)) + 0xa282ead8;
    assertThat(ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(frame.length - 4))
        .isEqualTo(expected);
    assertThat(Arrays.copyOf(frame, 8)).containsExactly(32, 0, 0, 0, 0, 0, 0, 0);
  }

  /** What read_events.py writes. */
  private static final class Run {
    Map<String, double[][]> scalars = Map.of();
    Map<String, List<String>> texts = Map.of();
    Map<String, String> plugin = Map.of();
  }

  private Run readByTensorBoard(Path out) throws Exception {
    TransformersPython.requireTensorBoard().run("read_events.py", folder, out);
    return new Gson().fromJson(Files.readString(out), Run.class);
  }

  @Test
  void tensorboard_reads_scalars_and_texts(@TempDir Path other) throws Exception {
    TensorBoard board = TensorBoard.at(folder).every(4);
    run(board, 0, 6);
    board.onEnd(6);
    Run run = readByTensorBoard(other.resolve("run.json"));
    assertThat(run.scalars)
        .containsOnlyKeys(
            "train/loss",
            "train/gradient_norm",
            "train/learning_rate",
            "train/tokens_per_second",
            "validation/loss",
            "validation/rougeL");
    assertThat(run.scalars.get("train/loss"))
        .isDeepEqualTo(new double[][] {{1, 2.5}, {4, -0.5}, {6, -2.5}});
    assertThat(run.scalars.get("validation/rougeL")).isDeepEqualTo(new double[][] {{6, 0.125}});
    assertThat(run.plugin).containsExactly(Map.entry("hyper-parameters", "text"));
    assertThat(run.texts.get("hyper-parameters"))
        .containsExactly(
            """
            | name | value |
            |---|---|
            | model | t5-small |
            | learningRate | 3.0E-4 |
            | odd | a\\|b \\<i\\> c |
            """);
  }

  @Test
  void tensorboard_forgets_what_a_resumed_training_does_again(@TempDir Path other)
      throws Exception {
    run(TensorBoard.at(folder), 0, 5);
    // Killed, and the machine with it: the last record is torn.
    byte[] whole = Files.readAllBytes(files().get(0));
    Files.write(files().get(0), Arrays.copyOf(whole, whole.length - 5));
    TensorBoard resumed = TensorBoard.at(folder);
    resumed.onStart(plan(3));
    resumed.onStep(new StepReport(4, 6, 1, 44, 0, 0, 0));
    resumed.onEnd(4);
    assertThat(files()).hasSize(2);
    Run run = readByTensorBoard(other.resolve("run.json"));
    assertThat(run.scalars.get("train/loss"))
        .isDeepEqualTo(new double[][] {{1, 2.5}, {2, 1.5}, {3, 0.5}, {4, 44}});
  }

  @Test
  void a_training_that_left_no_checkpoint_begins_again_in_its_directory() throws IOException {
    TensorBoard first = TensorBoard.at(folder);
    first.onStart(plan(0));
    first.onStep(step(1));
    TensorBoard again = TensorBoard.at(folder);
    again.onStart(plan(0, true));
    again.onEnd(0);
    assertThat(files()).hasSize(2);
    List<byte[]> records = records(files().get(1));
    assertThat(records).hasSize(3);
    // The time, step 0, and a log of the session that says START: all that was written is void.
    assertThat(Arrays.copyOfRange(records.get(1), 9, records.get(1).length))
        .containsExactly(0x10, 0, 0x3a, 2, 0x08, 1);
    assertThat(new String(records.get(2), UTF_8)).contains("| learningRate | 3.0E-4 |");
  }

  @Test
  void tensorboard_forgets_all_of_a_training_that_left_no_checkpoint(@TempDir Path other)
      throws Exception {
    run(TensorBoard.at(folder), 0, 3);
    TensorBoard again = TensorBoard.at(folder);
    again.onStart(plan(0, true));
    again.onStep(new StepReport(1, 6, 1, 44, 0, 0, 0));
    again.onEnd(1);
    Run run = readByTensorBoard(other.resolve("run.json"));
    assertThat(run.scalars.get("train/loss")).isDeepEqualTo(new double[][] {{1, 44}});
  }

  @Test
  void events_of_another_training_are_not_mixed_with() throws IOException {
    run(TensorBoard.at(folder), 0, 1);
    assertThatThrownBy(() -> TensorBoard.at(folder).onStart(plan(0)))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("it holds those of another training. Delete or move them");
    assertThat(files()).hasSize(1);
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> TensorBoard.at(file.resolve("run")).onStart(plan(0)))
        .isInstanceOf(CallbackException.class)
        .hasMessageContaining("Cannot write TensorBoard events into " + file);
    assertThatIllegalArgumentException().isThrownBy(() -> TensorBoard.at(file).every(0));
  }
}
