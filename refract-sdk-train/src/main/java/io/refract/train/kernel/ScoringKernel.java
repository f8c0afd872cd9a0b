package io.refract.train.kernel;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An encoder and decoder for scoring, which computes all layers in one call. Sizes and ids must
 * have been checked; see {@link ScoringScript} for the arrays.
 *
 * <p>Everything runs in the engine's inference mode: results can never be part of a training graph.
 * Thread-safe: several threads may compute with the same weights at once.
 */
public final class ScoringKernel {

  private static final Map<ShapeAndPacking, SharedLibrary> LIBRARIES = new ConcurrentHashMap<>();

  private final ScriptLibrary library;

  private record ShapeAndPacking(ScoringShape shape, Packing packing) {}

  private ScoringKernel(ScriptLibrary library) {
    this.library = library;
  }

  /** Packs and multiplies once: whether the processor can is known to the operators only. */
  private static void tryProduct(ScriptLibrary library) {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        IValue parts = list(List.of(manager.ones(new Shape(2, 2))));
        IValue packed = library.run("pack", parts);
        IValue x = value(manager.ones(new Shape(1, 2)))) {
      library.run("product_of_first", x, packed).close();
    }
  }

  /** Returns the kernel, or empty on a platform where its text does not load, or run. */
  public static Optional<ScoringKernel> find(ScoringShape shape, Packing packing) {
    return LIBRARIES
        .computeIfAbsent(
            new ShapeAndPacking(shape, packing),
            key ->
                new SharedLibrary(
                    ScoringScript.of(shape, packing),
                    packing.fallback(),
                    ScoringKernel::tryProduct))
        .get()
        .map(ScoringKernel::new);
  }

  /**
   * Packs weights.
   *
   * @param groups what is joined into one product each, (out, in) in float32; at least one
   * @return the list of packed weights, which the caller closes
   */
  public IValue pack(List<List<NDArray>> groups) {
    // An empty list to begin with would be a constant of the text, the same one in every call.
    IValue all = packOne(groups.get(0));
    try {
      for (List<NDArray> group : groups.subList(1, groups.size())) {
        try (IValue one = packOne(group)) {
          library.run("extend", all, one).close();
        }
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private IValue packOne(List<NDArray> group) {
    try (IValue parts = list(group)) {
      return library.run("pack", parts);
    }
  }

  /** Returns a list for scripts, which keeps the memory of the arrays. */
  public static IValue list(List<NDArray> arrays) {
    return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
  }

  /** Returns a value for scripts, which keeps the memory of the array. */
  public static IValue value(NDArray array) {
    return IValue.from((PtNDArray) array);
  }

  /** Returns an array of a manager. */
  public static NDArray array(IValue value, NDManager manager) {
    return value.toTensor((PtNDManager) manager);
  }

  /**
   * Runs the encoder.
   *
   * @param ids sources x length
   * @param table the embedding
   * @param bias position bias and mask, broadcast to sources x heads x length x length
   * @return the states, sources x length x width of the model
   */
  public IValue encode(IValue ids, IValue table, IValue bias, IValue weights, IValue gains) {
    return library.run("encode", ids, table, bias, weights, gains);
  }

  /** Returns keys and values of the encoder's states. */
  public IValue memory(IValue states, IValue weights) {
    return library.run("memory", states, weights);
  }

  /** Returns the masks of some sources. */
  public IValue selectMask(IValue all, IValue sources) {
    return library.run("select_mask", all, sources);
  }

  /** Returns a cache of greater capacity with the same content; the first is made of nothing. */
  public IValue room(IValue cache, long rows, long capacity) {
    try (IValue rowCount = IValue.from(rows);
        IValue size = IValue.from(capacity)) {
      return library.run("room", cache, rowCount, size);
    }
  }

  /** Returns a cache or a memory of some rows. */
  public IValue select(IValue all, IValue rows) {
    return library.run("select", all, rows);
  }

  /**
   * Takes a token of every row, and writes its keys and values into the cache.
   *
   * @param ids one token a row
   * @param mask what hides padding of the sources, broadcast to sources x heads x rows of a source
   *     x length
   * @param bias the position bias of the newest token, 1 x heads x 1 x position + 1
   * @param position tokens before this one
   * @return logits, rows x vocabulary
   */
  public IValue step(
      IValue ids,
      IValue table,
      IValue cache,
      IValue memory,
      IValue mask,
      IValue bias,
      IValue weights,
      IValue gains,
      long position) {
    try (IValue index = IValue.from(position)) {
      return library.run("step", ids, table, cache, memory, mask, bias, weights, gains, index);
    }
  }
}
