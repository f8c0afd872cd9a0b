package io.refract.train.kernel;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A loaded {@link Script}. It holds no tensors, so one library serves arrays of every device.
 *
 * <p>Thread-safe: a method may run in several threads at once. It must not be closed meanwhile.
 */
public final class ScriptLibrary implements AutoCloseable {

  /** An argument of this name tells the engine which method to run. */
  private static final String SELECTOR = "module_method:";

  private final String name;
  private final NDManager manager;
  private final PtSymbolBlock block;
  private final Map<String, NDArray> selectors;

  private ScriptLibrary(
      String name, NDManager manager, PtSymbolBlock block, Map<String, NDArray> selectors) {
    this.name = name;
    this.manager = manager;
    this.block = block;
    this.selectors = Map.copyOf(selectors);
  }

  /**
   * Loads a script.
   *
   * @throws ai.djl.engine.EngineException if the engine refuses the text; the message has line and
   *     column
   */
  public static ScriptLibrary load(Script script) {
    NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    try {
      PtSymbolBlock block =
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(script.archive()), false, false);
      Map<String, NDArray> selectors = new HashMap<>();
      for (String method : JniUtils.getMethodNames(block)) {
        NDArray selector = manager.create(0f);
        selector.setName(SELECTOR + method);
        selectors.put(method, selector);
      }
      return new ScriptLibrary(script.name(), manager, block, selectors);
    } catch (IOException e) {
      manager.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Returns the names of the methods. */
  public Set<String> methods() {
    return selectors.keySet();
  }

  /**
   * Runs a method on tensors. The engine records a graph if the grad mode of the thread is on, as
   * with any other operation.
   *
   * <p>A call that fails inside the engine leaks a few bytes; check shapes before.
   *
   * @param method its name
   * @param arguments one array for each {@code Tensor} of its signature, without names, at least
   *     one; the results belong to the manager of the first, which therefore is the activation
   * @return the results, tuples and lists flattened
   */
  public NDList call(String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments.length + 1);
    inputs.addAll(Arrays.asList(arguments));
    inputs.add(requireNonNull(selectors.get(known(method))));
    return IValueUtils.forward(block, inputs, true);
  }

  /**
   * Runs a method on any values, in the engine's inference mode: it may change parameters in place
   * without the graph noticing. Tensors that come out can never be part of a training graph.
   *
   * @param method its name
   * @param arguments the values of its signature; the caller closes them
   * @return the result, which the caller closes
   */
  public IValue run(String method, IValue... arguments) {
    return IValueUtils.runMethod(block, known(method), arguments);
  }

  /** The engine's own message would name neither the library nor what it has. */
  private String known(String method) {
    checkArgument(
        selectors.containsKey(method),
        "script '%s' has no method '%s', only %s",
        name,
        method,
        selectors.keySet());
    return method;
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
