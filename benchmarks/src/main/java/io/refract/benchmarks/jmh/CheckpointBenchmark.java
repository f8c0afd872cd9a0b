package io.refract.benchmarks.jmh;

import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.t5.T5Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time for a checkpoint of 242 MB that the system has in its file cache. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CheckpointBenchmark {

  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.nativeOrder());

  /** Reads all weights through one buffer of 1 MiB. */
  @Benchmark
  public float readWeights() {
    float last = 0;
    Path file = Inputs.model().resolve("model.safetensors");
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      for (var tensor : reader.tensors().entrySet()) {
        long elements = tensor.getValue().elements();
        for (long first = 0; first < elements; first += buffer.capacity() / Float.BYTES) {
          long bytes = Math.min(buffer.capacity(), (elements - first) * Float.BYTES);
          buffer.clear().limit((int) bytes);
          reader.read(tensor.getKey(), first, buffer);
        }
        last += buffer.getFloat(0);
      }
    }
    return last;
  }

  /** Loads and frees the model, tokenizer included. */
  @Benchmark
  public long loadModel() {
    try (T5Model model = T5Model.load(Inputs.model())) {
      return model.parameterCount();
    }
  }
}
