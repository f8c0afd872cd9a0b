package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.refract.train.checkpoint.SafetensorsWriter;
import io.refract.train.checkpoint.internal.TensorFile;
import io.refract.train.lora.LoraConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of a low-rank adapter. They belong to a manager of their own below that of the base,
 * and die with it.
 */
final class T5Adapter implements AutoCloseable {

  private static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";

  private final LoraConfig config;
  private final NDManager manager;
  private final Map<String, LowRank> additions = new LinkedHashMap<>();
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private final AtomicBoolean merged = new AtomicBoolean();

  private T5Adapter(LoraConfig config, NDManager base) {
    this.config = config;
    this.manager = base.newSubManager();
  }

  /** Fills the arrays of an adapter, which are made in a fixed order. */
  @FunctionalInterface
  interface Values {

    /**
     * Returns where the elements of an array come from; null leaves it zero.
     *
     * @param name its name in {@code peft}'s file
     * @param shape its shape
     * @param first whether it is A and not B
     */
    SafetensorsWriter.@Nullable FloatSource of(String name, Shape shape, boolean first);
  }

  /**
   * Makes an adapter for all targeted layers.
   *
   * @param base the parameters that it adds to
   * @param manager what those belong to
   * @throws IllegalArgumentException if no layer is targeted
   */
  static T5Adapter make(
      LoraConfig config, Map<String, NDArray> base, NDManager manager, Values values) {
    T5Adapter adapter = new T5Adapter(config, manager);
    try {
      for (String module : T5Parameters.linearModules(base.keySet())) {
        if (config.targets().contains(module)) {
          Shape weight = T5Parameters.get(base, T5Parameters.weightOf(module)).getShape();
          adapter.add(module, weight, values);
        }
      }
      checkArgument(
          !adapter.additions.isEmpty(),
          "no linear layer of this T5 is one of the target modules %s; its layers are named %s",
          config.targets(),
          T5Parameters.linearNames(base.keySet()));
      return adapter;
    } catch (RuntimeException e) {
      adapter.close();
      throw e;
    }
  }

  /**
   * Draws A and leaves B zero. {@link Random#nextDouble()} is specified down to the bit, so a seed
   * gives the same values on every machine and with every version of the engine.
   */
  static T5Adapter draw(
      LoraConfig config, long seed, Map<String, NDArray> base, NDManager manager) {
    Random seeds = new Random(seed);
    return make(
        config,
        base,
        manager,
        (name, shape, first) -> {
          // A generator each: a module's values do not depend on the ranks of those before.
          return first ? uniform(new Random(seeds.nextLong()), shape.get(1)) : null;
        });
  }

  /** Source: {@code kaiming_uniform_(a=sqrt(5))} of torch, whose bound is {@code 1/sqrt(in)}. */
  private static SafetensorsWriter.FloatSource uniform(Random random, long fanIn) {
    double bound = 1 / Math.sqrt((double) fanIn);
    return (start, target) -> {
      while (target.remaining() >= Float.BYTES) {
        target.putFloat((float) ((2 * random.nextDouble() - 1) * bound));
      }
    };
  }

  private void add(String module, Shape weight, Values values) {
    int rank = config.rankOf(module);
    NDArray a = array(module + A, new Shape(rank, weight.get(1)), values, true);
    NDArray b = array(module + B, new Shape(weight.get(0), rank), values, false);
    NDArray scale = manager.full(new Shape(), (float) config.scaleOf(module), DataType.FLOAT32);
    additions.put(module, new LowRank(a, b, scale, config.dropout(), merged));
  }

  private NDArray array(String module, Shape shape, Values values, boolean first) {
    String name = PREFIX + module;
    SafetensorsWriter.FloatSource source = values.of(name, shape, first);
    NDArray array =
        source == null
            ? manager.zeros(shape, DataType.FLOAT32)
            : T5Weights.read(manager, shape, source);
    parameters.put(name, array);
    return array;
  }

  /**
   * Returns an adapter with the same values.
   *
   * @param base copies of the parameters that this one adds to
   * @param other what the copies belong to
   */
  T5Adapter copyTo(Map<String, NDArray> base, NDManager other) {
    return make(
        config,
        base,
        other,
        (name, shape, first) ->
            (start, target) -> TensorFile.copy(T5Parameters.get(parameters, name), start, target));
  }

  LoraConfig config() {
    return config;
  }

  NDManager manager() {
    return manager;
  }

  /** Returns A and B of all layers by their names in {@code peft}'s file. */
  Map<String, NDArray> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** Returns A and B to be trained. */
  Map<String, NDArray> trainableParameters() {
    checkState(!merged.get(), "a merged adapter cannot be trained: call unmerge() first");
    return parameters();
  }

  /** Returns what is added to a layer, or null. */
  @Nullable LowRank of(String module) {
    return additions.get(module);
  }

  /** Returns what is added, by the names of the weights it is added to. */
  Map<String, LowRank> byWeight() {
    Map<String, LowRank> byWeight = new LinkedHashMap<>();
    additions.forEach((module, addition) -> byWeight.put(T5Parameters.weightOf(module), addition));
    return byWeight;
  }

  /** Says that the weights of the base contain the additions, or do no longer. */
  void setMerged(boolean value) {
    merged.set(value);
  }

  /** Returns whether a trainer changes the adapter at the moment. */
  boolean inTraining() {
    return parameters.values().stream().anyMatch(NDArray::hasGradient);
  }

  @Override
  public void close() {
    manager.close();
  }
}
