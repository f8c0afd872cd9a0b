package io.refract.train.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.Optional;

/** Adds to rows of a table in place, such as the gradient of an embedding. Not thread-safe. */
public final class EmbeddingKernel {

  static final Script SCRIPT =
      new Script(
          "embedding",
          """
            def add_rows(self, table: Tensor, ids: Tensor, rows: Tensor) -> None:
              torch.index_add_(table, 0, torch.flatten(ids), torch.flatten(rows, 0, -2))
              return None
          """);

  private static final SharedLibrary LIBRARY =
      new SharedLibrary(SCRIPT, "Gradients of embeddings are as large as the whole table");

  private final ScriptLibrary library;

  private EmbeddingKernel(ScriptLibrary library) {
    this.library = library;
  }

  /** Returns the kernel, or empty on a platform where its text does not load. */
  public static Optional<EmbeddingKernel> find() {
    return LIBRARY.get().map(EmbeddingKernel::new);
  }

  /**
   * Adds each row to the row of the table that its id names, one after the other.
   *
   * @param table V x D, changed
   * @param ids integers of 64 bits from 0 to V - 1, of any shape; checked by the caller
   * @param rows the shape of the ids, and D
   */
  public void addRows(NDArray table, NDArray ids, NDArray rows) {
    try (IValue first = IValue.from((PtNDArray) table);
        IValue second = IValue.from((PtNDArray) ids);
        IValue third = IValue.from((PtNDArray) rows)) {
      library.run("add_rows", first, second, third).close();
    }
  }
}
