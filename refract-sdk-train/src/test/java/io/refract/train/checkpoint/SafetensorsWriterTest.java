package io.refract.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.train.checkpoint.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

  @TempDir Path folder;

  private static Tensor counting(String name, long... shape) {
    return new Tensor(
        name,
        Arrays.stream(shape).boxed().toList(),
        (first, target) -> {
          while (target.hasRemaining()) {
            target.putFloat((float) first++);
          }
        });
  }

  @Test
  void what_is_written_is_read_again_piece_by_piece() {
    Path file = folder.resolve("x.safetensors");
    int large = 3 << 20; // more than one piece
    SafetensorsWriter.write(
        file,
        List.of(counting("b", large), counting("a", 2, 3), counting("ü\"\\", 0)),
        Map.of("format", "pt"));
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      assertThat(reader.tensors().keySet()).containsExactly("a", "b", "ü\"\\");
      assertThat(reader.tensors().get("a")).isEqualTo(new TensorInfo("a", "F32", List.of(2L, 3L)));
      ByteBuffer target = ByteBuffer.allocate(large * Float.BYTES);
      reader.read("b", 0, target);
      target.flip();
      for (int i = 0; i < large; i++) {
        assertThat(target.getFloat()).isEqualTo((float) i);
      }
    }
  }

  @Test
  void a_failure_leaves_the_old_file_and_nothing_else() throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(file, List.of(counting("a", 2)), Map.of());
    byte[] before = Files.readAllBytes(file);
    Tensor failing =
        new Tensor(
            "a",
            List.of(2L),
            (first, target) -> {
              throw new IllegalStateException("no more");
            });
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(failing), Map.of()))
        .hasMessage("no more");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  /** A training that is cancelled saves what it has learned. */
  @Test
  void an_interrupted_thread_writes_all_the_same() {
    Path file = folder.resolve("x.safetensors");
    Thread.currentThread().interrupt();
    try {
      SafetensorsWriter.write(file, List.of(counting("a", 2)), Map.of());
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      assertThat(reader.tensors()).containsOnlyKeys("a");
    }
  }

  @Test
  void two_tensors_of_one_name_are_refused() {
    assertThatThrownBy(
            () ->
                SafetensorsWriter.write(
                    folder.resolve("x"), List.of(counting("a", 1), counting("a", 1)), Map.of()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("two tensors named 'a'");
  }
}
