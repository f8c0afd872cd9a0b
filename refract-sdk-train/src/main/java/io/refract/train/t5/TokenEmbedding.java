package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.kernel.GradientKernel;
import io.refract.train.t5.internal.GradMode;
import java.util.List;
import java.util.Optional;

/**
 * The table of token embeddings. Ids are checked here, because the engine would read foreign memory
 * with wrong ones.
 *
 * <p>The engine's own backward pass of a lookup makes a gradient of the size of the whole table,
 * and adds all of it. In training a lookup is therefore a graph's start, and its gradients are
 * added to the few rows that they belong to when the pass is over.
 *
 * <p>Dimension letters: B rows, T their length, D model, V vocabulary.
 */
final class TokenEmbedding {

  private final NDArray table; // (V, D)
  private final ParameterGradient gradient;

  TokenEmbedding(NDArray table) {
    this.table = table;
    gradient = new ParameterGradient(table);
  }

  /**
   * What a pass looked up.
   *
   * @param ids B x T
   * @param values B x T x D, the start of a graph if the table learns
   */
  record Lookup(NDArray ids, NDArray values) {}

  /** Returns whether a training changes the table. */
  boolean trains() {
    return table.hasGradient();
  }

  /** Checks that ids are in the vocabulary. */
  void checkIds(String what, long[] ids) {
    for (long id : ids) {
      checkId(what, id);
    }
  }

  /** Checks that an id is in the vocabulary. */
  void checkId(String what, long id) {
    long size = table.getShape().get(0);
    checkArgument(
        id >= 0 && id < size, "%s %s lies outside of the vocabulary of %s tokens", what, id, size);
  }

  /** Returns how many ids a row has. */
  static int lengthOf(String what, long[] ids, int rows) {
    checkArgument(rows >= 1, "a batch needs at least 1 row but has %s", rows);
    checkArgument(
        ids.length > 0 && ids.length % rows == 0,
        "%s %ss cannot be cut into %s rows of equal length, at least 1",
        ids.length,
        what,
        rows);
    return ids.length / rows;
  }

  /** Looks up tokens as one operation of the engine: B x T x D. */
  NDArray values(NDManager scope, String what, long[] ids, int rows) {
    Lookup lookup = find(scope, what, ids, rows);
    lookup.ids().close();
    return lookup.values();
  }

  /** Looks up tokens for a pass that ends in {@link #addGradients}. */
  Lookup lookUp(NDManager scope, String what, long[] ids, int rows) {
    Lookup lookup = GradMode.off(() -> find(scope, what, ids, rows));
    lookup.values().setRequiresGradient(trains());
    return lookup;
  }

  private Lookup find(NDManager scope, String what, long[] ids, int rows) {
    Shape shape = new Shape(rows, lengthOf(what, ids, rows));
    checkIds(what, ids);
    NDArray array = Layers.owned(scope.create(ids, shape));
    return new Lookup(array, Layers.embedding(array, table));
  }

  /** Adds the gradients of lookups to that of the table, if it learns; for one thread. */
  void addGradients(List<Lookup> lookups) {
    if (trains()) {
      lookups.forEach(this::addGradient);
    }
  }

  private void addGradient(Lookup lookup) {
    // On a GPU the engine's own way adds in a fixed order, and the other does not.
    Optional<GradientKernel> kernel =
        table.getDevice().isGpu() ? Optional.empty() : GradientKernel.find();
    try (NDManager scope = lookup.values().getManager().newSubManager()) {
      NDArray ofValues = ((PtNDArray) lookup.values()).getGradient();
      ofValues.attach(scope);
      if (kernel.isPresent()) {
        kernel.get().addRows(gradient.in(scope), lookup.ids(), ofValues);
      } else {
        GradMode.on(
            () -> {
              NDArray again = Layers.embedding(lookup.ids(), table);
              again.attach(scope);
              JniUtils.backward((PtNDArray) again, (PtNDArray) ofValues, false, false);
              return again;
            });
      }
    }
  }
}
