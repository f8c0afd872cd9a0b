package io.refract.benchmarks.jmh;

import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Encoding and decoding of texts. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenizerBenchmark {
  private T5Tokenizer tokenizer;

  @Setup
  public void load() {
    tokenizer = T5Tokenizer.load(Path.of("x"));
  }

  @Benchmark
  public List<int[]> encode() {
    return tokenizer.encodeAll(List.of("a"), 512);
  }

  @TearDown
  public void close() {
    tokenizer.close();
  }
}
