package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.WeightFormat;
import io.refract.train.lora.LoraConfig;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Access;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights that are pages of the checkpoint file. */
class MappedWeightsTest {

  private static final GenerationSettings SHORT = new GenerationSettings(32, 10, 4);
  private static final List<String> TEXTS =
      List.of("the customer was refused", "the court of appeal decided after 14 days", "card 7");

  @TempDir private Path folder;

  private Path saved() {
    Path directory = folder.resolve("model");
    try (T5Model model = T5ModelTest.create(false, 3)) {
      model.save(directory);
    }
    return directory;
  }

  private static T5Model load(Path directory, WeightMemory memory) {
    return T5Model.load(directory, LoadOptions.defaults().withMemory(memory));
  }

  private static long mappings(Path file) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    assumeThat(maps).exists();
    return Files.readAllLines(maps).stream().filter(it -> it.contains(file.toString())).count();
  }

  @ParameterizedTest
  @EnumSource
  void a_model_computes_the_same_wherever_its_weights_are(WeightMemory memory) {
    Path directory = saved();
    try (T5Model copied = load(directory, WeightMemory.COPIED);
        T5Model model = load(directory, memory)) {
      assertThat(model.generate(TEXTS, SHORT)).isEqualTo(copied.generate(TEXTS, SHORT));
      Map<String, NDArray> expected = T5Access.network(copied).parameters();
      T5Access.network(model)
          .parameters()
          .forEach(
              (name, array) ->
                  assertThat(array.toFloatArray())
                      .as(name)
                      .isEqualTo(T5Parameters.get(expected, name).toFloatArray()));
    }
  }

  /** That DJL borrows the pages and does not copy them is what all of this rests on. */
  @Test
  void the_engine_computes_on_the_pages_of_the_file() throws IOException {
    Path directory = saved();
    Path file = directory.resolve("model.safetensors").toRealPath();
    assertThat(mappings(file)).isZero();
    try (T5Model model = load(directory, WeightMemory.READ_ONLY)) {
      assertThat(mappings(file)).isPositive();
      assertThat(model.memory().mappedBytes()).containsOnlyKeys("float32");
      // Written behind the model's back, which the contract forbids, and which shows what is read.
      byte[] content = Files.readAllBytes(file);
      NDArray embedding =
          T5Parameters.get(T5Access.network(model).parameters(), T5Parameters.SHARED);
      float before = embedding.getFloat(0, 0);
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        int header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
        int length = content.length - 8 - header;
        channel.write(ByteBuffer.allocate(length), 8 + (long) header);
      }
      assertThat(before).isNotZero();
      assertThat(embedding.getFloat(0, 0)).isZero();
    }
  }

  /**
   * The system counts the bytes that a process reads; pages of a mapped file are not among them.
   */
  @ParameterizedTest
  @EnumSource
  void loading_reads_no_weight_twice_and_mapped_ones_not_at_all(WeightMemory memory)
      throws IOException {
    Path directory = folder.resolve("large");
    try (T5Model model = T5ModelTest.createWide(512, 3)) {
      model.save(directory);
    }
    long size = Files.size(directory.resolve("model.safetensors"));
    assertThat(size).isGreaterThan(10_000_000);
    // What else a process reads the first time, classes for example.
    load(directory, memory).close();

    long before = bytesRead();
    load(directory, memory).close();
    double times = (bytesRead() - before) / (double) size;

    // The rest is the tokenizer and the configuration.
    assertThat(times).isLessThan(memory == WeightMemory.COPIED ? 1.2 : 0.2);
  }

  private static long bytesRead() throws IOException {
    Path counters = Path.of("/proc/self/io");
    assumeThat(counters).isReadable();
    return Files.readAllLines(counters).stream()
        .filter(line -> line.startsWith("rchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void copy_on_write_leaves_the_file_as_it_is() throws IOException {
    Path directory = saved();
    byte[] before = Files.readAllBytes(directory.resolve("model.safetensors"));
    try (T5Model model = load(directory, WeightMemory.COPY_ON_WRITE);
        T5Model other = load(directory, WeightMemory.COPY_ON_WRITE)) {
      List<String> expected = other.generate(TEXTS, SHORT);
      GradMode.off(
          () -> {
            T5Access.trainable(model).parameters().values().forEach(array -> array.addi(1f));
            return model;
          });
      assertThat(other.generate(TEXTS, SHORT)).isEqualTo(expected);
      NDArray changed = T5Parameters.get(T5Access.network(model).parameters(), T5Parameters.SHARED);
      NDArray kept = T5Parameters.get(T5Access.network(other).parameters(), T5Parameters.SHARED);
      assertThat(changed.getFloat(1, 1)).isEqualTo(kept.getFloat(1, 1) + 1f);
    }
    assertThat(Files.readAllBytes(directory.resolve("model.safetensors"))).isEqualTo(before);
  }

  @Test
  void read_only_weights_cannot_be_trained_or_merged_but_adapted() {
    Path directory = saved();
    try (T5Model model = load(directory, WeightMemory.READ_ONLY);
        T5Model adapted = model.withAdapter(LoraConfig.defaults(), 1)) {
      assertThatThrownBy(() -> T5Access.trainable(model))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a training would change weights")
          .hasMessageContaining("COPY_ON_WRITE");
      assertThatThrownBy(adapted::merge).hasMessageContaining("merging an adapter would change");
      assertThat(T5Access.trainable(adapted).trainableParameters()).isNotEmpty();
      adapted.merged().writeTo(folder.resolve("merged"));
      assertThat(folder.resolve("merged")).isNotEmptyDirectory();
    }
  }

  /** The old pages stay where they are: that is why replacing is safe, and writing over is not. */
  @ParameterizedTest
  @EnumSource
  void a_file_may_be_replaced_or_deleted_while_the_model_is_open(WeightMemory memory)
      throws IOException {
    Path directory = saved();
    Path file = directory.resolve("model.safetensors");
    try (T5Model model = load(directory, memory)) {
      List<String> expected = model.generate(TEXTS, SHORT);
      Path other = Files.write(folder.resolve("short"), new byte[10]);
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      assertThat(model.generate(TEXTS, SHORT)).isEqualTo(expected);
      Files.delete(file);
      System.gc();
      assertThat(model.generate(TEXTS, SHORT)).isEqualTo(expected);
    }
  }

  @Test
  void the_mapping_ends_after_the_model_is_closed() throws Exception {
    Path directory = saved();
    Path file = directory.resolve("model.safetensors").toRealPath();
    try (T5Model model = load(directory, WeightMemory.COPY_ON_WRITE)) {
      assertThat(model.generate(TEXTS, SHORT)).hasSize(3);
    }
    for (int i = 0; i < 100 && mappings(file) > 0; i++) {
      System.gc();
      Thread.sleep(20); // The garbage collector unmaps in a thread of its own.
    }
    assertThat(mappings(file)).isZero();
  }

  @Test
  void memory_says_what_is_mapped_and_what_is_not() {
    Path directory = saved();
    try (T5Model mapped = load(directory, WeightMemory.COPY_ON_WRITE);
        T5Model copied = load(directory, WeightMemory.COPIED);
        T5Model adapted = copied.withAdapter(LoraConfig.defaults(), 1)) {
      long bytes = copied.parameterCount() * Float.BYTES;
      assertThat(copied.memory()).isEqualTo(new ModelMemory(Map.of("float32", bytes), Map.of()));
      assertThat(mapped.memory().bytes()).isEqualTo(bytes);
      assertThat(mapped.memory().bytesByType()).containsExactly(Map.entry("float32", bytes));
      assertThat(mapped.memory().toString()).contains("MB of weights").contains("mapped");
      long own = adapted.trainableParameterCount() * Float.BYTES;
      assertThat(adapted.memory().bytes()).isEqualTo(bytes + own);
      adapted.merge();
      assertThat(adapted.memory().bytes()).isGreaterThan(bytes + own);
    }
  }

  @Test
  void memory_counts_what_is_packed_for_scoring() {
    try (T5Model model = load(saved(), WeightMemory.READ_ONLY)) {
      ModelMemory before = model.memory();
      assertThat(model.generate(TEXTS, SHORT)).hasSize(3);
      long packed = model.memory().bytes() - before.bytes();
      // All but the norms, the position bias and the embedding, which is not the output layer here.
      assertThat(packed).isBetween(before.bytes() / 2, before.bytes());
      model.scoreIn(WeightFormat.INT8);
      assertThat(model.memory()).isEqualTo(before);
      assertThat(model.generate(TEXTS, SHORT)).hasSize(3);
      assertThat(model.memory().ownedBytes()).containsEntry("int8", packed / Float.BYTES);
    }
  }

  @Test
  void eight_threads_get_from_one_model_what_one_thread_gets() throws Exception {
    List<String> inputs =
        IntStream.range(0, 64).mapToObj(i -> "customer " + i + " refused ".repeat(i % 5)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (T5Model model = load(saved(), WeightMemory.READ_ONLY)) {
      List<String> expected = model.generate(inputs, SHORT);
      List<Callable<List<String>>> tasks =
          IntStream.range(0, 64)
              .<Callable<List<String>>>mapToObj(
                  i -> () -> model.generate(inputs.subList(i % 16 * 4, i % 16 * 4 + 4), SHORT))
              .toList();
      List<Future<List<String>>> results = threads.invokeAll(tasks);
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(expected.subList(i % 16 * 4, i % 16 * 4 + 4));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
