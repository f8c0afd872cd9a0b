package io.refract.train.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;
import java.util.Optional;

/**
 * Adds to gradients where they are. The engine's own backward pass makes an array of the size of
 * the weights first, and adds all of that.
 *
 * <p>Thread-safe for different gradients.
 */
public final class GradientKernel {

  static final Script SCRIPT =
      new Script(
          "gradient",
          """
            def keep(self, y: Tensor) -> Tensor:
              torch.retain_grad(y)
              return y
            def add_rows(self, table: Tensor, ids: Tensor, rows: Tensor) -> None:
              torch.index_add_(table, 0, torch.flatten(ids), torch.flatten(rows, 0, -2))
              return None
            def add_product(self, sum: Tensor, g: List[Tensor], x: List[Tensor]) -> None:
              torch.addmm_(sum, torch.t(torch.cat(g)), torch.cat(x))
              return None
          """);

  private static final SharedLibrary LIBRARY =
      new SharedLibrary(SCRIPT, "Gradients are added as arrays of the size of all weights");

  private final ScriptLibrary library;

  private GradientKernel(ScriptLibrary library) {
    this.library = library;
  }

  /** Returns the kernel, or empty on a platform where its text does not load. */
  public static Optional<GradientKernel> find() {
    return LIBRARY.get().map(GradientKernel::new);
  }

  /**
   * Lets a graph keep the gradient of a result, which is otherwise lost on the way back. The result
   * must not be changed in place afterwards.
   *
   * @param y part of a graph
   * @return the same array
   */
  public NDArray keepGradient(NDArray y) {
    return library.call("keep", y).singletonOrThrow();
  }

  /**
   * Adds each row to the row of a table that its id names, one after the other.
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

  /**
   * Adds the product {@code g^T x}, which is the gradient of the weight of {@code y = x weight^T}.
   *
   * @param sum out x in, changed
   * @param g gradients of {@code y}, one under the other: (N, out) each
   * @param x the inputs in the same order: (N, in) each
   */
  public void addProduct(NDArray sum, List<NDArray> g, List<NDArray> x) {
    try (IValue first = IValue.from((PtNDArray) sum);
        IValue second = IValue.listFrom(g.toArray(PtNDArray[]::new));
        IValue third = IValue.listFrom(x.toArray(PtNDArray[]::new))) {
      library.run("add_product", first, second, third).close();
    }
  }
}
