package io.refract.benchmarks.jmh;

import io.refract.progress.ProgressListener;
import io.refract.train.data.BatchLoader;
import io.refract.train.data.BatchStream;
import io.refract.train.data.Batching;
import io.refract.train.data.EncodedDataset;
import io.refract.train.tokenization.T5Tokenizer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time for the batches of an epoch over SciTLDR's 1,992 examples: order, plan and padding. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BatchBenchmark {

  /** How rows are put together. */
  @Param({"rows", "tokens", "packing"})
  public String batching;

  private BatchLoader loader;
  private int epoch;

  /** Encodes the examples. */
  @Setup
  public void encode() {
    Batching chosen = Batching.defaults();
    if (batching.equals("tokens")) {
      chosen = chosen.withTokenBudget(4096);
    } else if (batching.equals("packing")) {
      chosen = chosen.withPacking(true);
    }
    try (T5Tokenizer tokenizer = T5Tokenizer.load(Inputs.model())) {
      EncodedDataset data =
          EncodedDataset.encode(
              Inputs.summaries(), tokenizer, "", 512, 96, ProgressListener.none());
      loader = BatchLoader.of(data, chosen, 42);
    }
  }

  /** Goes through the batches of the next epoch. */
  @Benchmark
  public long epoch() {
    long tokens = 0;
    try (BatchStream batches = loader.epoch(epoch++)) {
      while (batches.hasNext()) {
        tokens += batches.next().batch().sourceTokens();
      }
    }
    return tokens;
  }
}
