package io.refract.benchmarks.jmh;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.Batch;
import io.refract.train.optim.AdamW;
import io.refract.train.optim.Objective;
import io.refract.train.optim.internal.Gradients;
import io.refract.train.optim.internal.ParameterUpdater;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time for the parts of a training step, batch 4 x 512 -> 96, dropout 0.1. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TrainingBenchmark {

  private T5Model model;
  private T5Network network;
  private Map<String, NDArray> parameters;
  private ParameterUpdater optimizer;
  private Batch batch;

  /** Loads the model, and computes first gradients. */
  @Setup
  public void load() {
    model = T5Model.load(Inputs.model());
    network = T5Access.trainable(model);
    parameters = network.trainableParameters();
    parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));
    optimizer = ParameterUpdater.of(AdamW.defaults(), network.manager(), parameters);
    batch = Inputs.trainingBatch(model.tokenizer());
    backward();
  }

  private float backward() {
    try (NDManager step = network.manager().newSubManager()) {
      return network.backward(step, batch, Dropout.of(0.1, 42), Objective.CROSS_ENTROPY).getFloat();
    }
  }

  /** Computes the loss and adds its gradients to those that are there. */
  @Benchmark
  public float forwardAndBackward() {
    return backward();
  }

  /** Measures the norm of the gradients. */
  @Benchmark
  public double gradientNorm() {
    return Gradients.norm(network.manager(), parameters.values());
  }

  /** Updates all weights from the gradients that are there; too little to change them much. */
  @Benchmark
  public int update() {
    optimizer.step(1e-9, 1);
    return optimizer.steps();
  }

  /** Makes a whole step. */
  @Benchmark
  public float step() {
    Gradients.clear(parameters.values());
    float loss = backward();
    double norm = Gradients.norm(network.manager(), parameters.values()) / batch.targetTokens();
    optimizer.step(1e-9, Gradients.clipFactor(norm, 1) / batch.targetTokens());
    return loss;
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    optimizer.close();
    model.close();
  }
}
