package io.refract.benchmarks.jmh;

import ai.djl.ndarray.NDManager;
import io.refract.scoring.WeightFormat;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import io.refract.train.t5.internal.T5Access;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time for a pass of the encoder, and for a step of the decoder, over sources of SciTLDR. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ModelBenchmark {

  private static final int TOKENS = 64;

  /** Rows of the batch. */
  @Param({"1", "8"})
  public int rows;

  /** The numbers of the weights. */
  @Param({"FLOAT32", "BFLOAT16", "INT8"})
  public WeightFormat format;

  private T5Model model;
  private ScoringNetwork network;
  private NDManager scope;
  private long[] ids;
  private long[] mask;
  private EncoderOutput encoded;

  /** Loads the model, and encodes the sources once. */
  @Setup
  public void load() throws IOException {
    model = T5Model.load(Inputs.model()).scoreIn(format);
    network = T5Access.scoring(model);
    int[][] sources = Inputs.sources(rows);
    int length = Arrays.stream(sources).mapToInt(source -> source.length).max().orElseThrow();
    ids = new long[rows * length];
    mask = new long[rows * length];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < sources[row].length; i++) {
        ids[row * length + i] = sources[row][i];
        mask[row * length + i] = 1;
      }
    }
    scope = network.manager().newSubManager();
    encoded = GradMode.off(() -> network.encode(scope, ids, mask, rows));
  }

  /** Runs the encoder. */
  @Benchmark
  public int encode() {
    return GradMode.off(
        () -> {
          try (NDManager pass = network.manager().newSubManager()) {
            return network.encode(pass, ids, mask, rows).rows();
          }
        });
  }

  /** Takes one of 64 tokens, the start of the decoder included. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public long decode() {
    return GradMode.off(this::decodeAll);
  }

  private long decodeAll() {
    long[] tokens = new long[rows];
    try (StepDecoder decoder = network.stepDecoder(encoded, TOKENS)) {
      for (int i = 0; i < TOKENS; i++) {
        try (NDManager step = scope.newSubManager()) {
          tokens = decoder.next(step, tokens).argMax(1).toLongArray();
        }
      }
    }
    return tokens[0];
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    scope.close();
    network.close();
    model.close();
  }
}
