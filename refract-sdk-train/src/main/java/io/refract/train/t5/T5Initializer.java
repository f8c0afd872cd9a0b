package io.refract.train.t5;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Draws the first weights of a T5. {@link Random#nextGaussian()} is specified down to the bit, so a
 * seed gives the same weights on every machine and with every version of the engine.
 */
final class T5Initializer {

  private static final int PIECE = 1 << 20;

  private T5Initializer() {}

  /** Returns the parameters, named and ordered as in {@link T5Parameters#of}. */
  static Map<String, NDArray> draw(T5Config config, long seed, NDManager manager) {
    Random seeds = new Random(seed);
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (T5Parameters.Specification specification : T5Parameters.of(config)) {
      // A generator each: a parameter's values do not depend on the sizes of those before.
      long ownSeed = seeds.nextLong();
      NDArray parameter =
          specification.deviation() == T5Parameters.Specification.CONSTANT
              ? manager.full(
                  specification.shape(), (float) config.initializerFactor(), DataType.FLOAT32)
              : normal(manager, specification, new Random(ownSeed));
      parameters.put(specification.name(), parameter);
    }
    return parameters;
  }

  private static NDArray normal(
      NDManager manager, T5Parameters.Specification specification, Random random) {
    NDArray parameter = manager.create(specification.shape(), DataType.FLOAT32);
    long elements = specification.shape().size();
    try (NDManager scope = manager.newSubManager()) {
      NDArray flat = parameter.reshape(elements);
      flat.attach(scope);
      for (long start = 0; start < elements; start += PIECE) {
        float[] values = new float[(int) Math.min(PIECE, elements - start)];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (random.nextGaussian() * specification.deviation());
        }
        try (NDArray piece = scope.create(values, new Shape(values.length))) {
          flat.set(new NDIndex("{}:{}", start, start + values.length), piece);
        }
      }
    }
    return parameter;
  }
}
