package io.refract.benchmarks.jmh;

import io.refract.train.data.Example;
import io.refract.train.tokenization.T5Tokenizer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time for one text of SciTLDR, about 200 tokens. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenizerBenchmark {

  private static final int TEXTS = 256;

  private T5Tokenizer tokenizer;
  private List<String> texts;
  private List<int[]> ids;

  /** Loads the tokenizer and the texts. */
  @Setup
  public void load() {
    tokenizer = T5Tokenizer.load(Inputs.model());
    texts = Inputs.summaries().examples().stream().limit(TEXTS).map(Example::source).toList();
    ids = tokenizer.encodeAll(texts, 512);
  }

  /** Encodes one text at a time. */
  @Benchmark
  @OperationsPerInvocation(TEXTS)
  public int encodeOne() {
    int tokens = 0;
    for (String text : texts) {
      tokens += tokenizer.encode(text, 512).length;
    }
    return tokens;
  }

  /** Encodes all texts in one call. */
  @Benchmark
  @OperationsPerInvocation(TEXTS)
  public List<int[]> encodeAll() {
    return tokenizer.encodeAll(texts, 512);
  }

  /** Decodes all texts in one call. */
  @Benchmark
  @OperationsPerInvocation(TEXTS)
  public List<String> decodeAll() {
    return tokenizer.decodeAll(ids);
  }

  /** Frees the tokenizer. */
  @TearDown
  public void close() {
    tokenizer.close();
  }
}
