package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Java function inside this JVM, in a class loader that sees the JDK and the function's own
 * classes only.
 *
 * <p>One batch runs at a time. The system property {@code com.snowflake.import_directory} belongs
 * to the whole JVM, so functions that import files run one after the other, each with its own
 * value.
 */
final class JavaHandler implements Handler {

  private static final Logger LOG = LoggerFactory.getLogger(JavaHandler.class);
  private static final String IMPORT_DIRECTORY = "com.snowflake.import_directory";
  private static final ReentrantLock IMPORT_DIRECTORY_LOCK = new ReentrantLock();

  private final String function;
  private final URLClassLoader loader;
  private final Path imports;
  private final boolean hasImports;
  private final List<SnowflakeType> arguments;
  private final SnowflakeType returns;
  private final boolean strict;
  private final Method method;
  private final @Nullable Object instance;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;

  private JavaHandler(
      Definition definition, URLClassLoader loader, Path imports, boolean hasImports) {
    this.function = definition.signature();
    this.loader = loader;
    this.imports = imports;
    this.hasImports = hasImports;
    this.arguments = definition.argumentTypes();
    this.returns = definition.returns();
    this.strict = definition.strict();
    this.method = method(definition, loader);
    this.instance =
        Modifier.isStatic(method.getModifiers())
            ? null
            : withImports(() -> method.getDeclaringClass().getDeclaredConstructor().newInstance());
    method.setAccessible(true);
  }

  /**
   * Loads the class of a handler and finds its method.
   *
   * @param definition the function
   * @param classes the compiled classes and imported jars
   * @param imports the directory with the imported files
   * @param hasImports whether there is any imported file
   * @throws SqlError when there is no such class or method, or its types do not fit
   */
  static JavaHandler load(
      Definition definition, List<Path> classes, Path imports, boolean hasImports) {
    List<URL> urls = new ArrayList<>();
    try {
      for (Path path : classes) {
        urls.add(path.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
    URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    boolean loaded = false;
    try {
      JavaHandler handler = new JavaHandler(definition, loader, imports, hasImports);
      loaded = true;
      return handler;
    } finally {
      if (!loaded) {
        close(loader);
      }
    }
  }

  @Override
  public @Nullable String[] evaluate(int rows, List<@Nullable String[]> columns) {
    lock.lock();
    try {
      if (closed) {
        throw SqlError.functionFailed(
            function, "The function was dropped, or the server is closed.");
      }
      return withImports(() -> evaluateAll(rows, columns));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    close(loader);
  }

  private @Nullable String[] evaluateAll(int rows, List<@Nullable String[]> columns)
      throws ReflectiveOperationException {
    @Nullable String[] result = new @Nullable String[rows];
    Class<?>[] types = method.getParameterTypes();
    for (int row = 0; row < rows; row++) {
      @Nullable Object[] values = new @Nullable Object[types.length];
      boolean skip = false;
      for (int i = 0; i < types.length; i++) {
        String cell = columns.get(i)[row];
        skip |= strict && cell == null;
        values[i] = skip ? null : JavaCells.decode(cell, arguments.get(i), types[i]);
      }
      result[row] = skip ? null : JavaCells.encode(method.invoke(instance, values), returns);
    }
    return result;
  }

  private static Method method(Definition definition, ClassLoader loader) {
    String handler = definition.requireHandler();
    int dot = handler.lastIndexOf('.');
    if (dot <= 0) {
      throw invalid(definition, "the handler must be written as Class.method");
    }
    String className = handler.substring(0, dot);
    String methodName = handler.substring(dot + 1);
    Class<?> type;
    try {
      type = Class.forName(className, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw invalid(definition, "the class " + className + " cannot be loaded: " + e);
    }
    List<String> rejected = new ArrayList<>();
    for (Method candidate : type.getMethods()) {
      if (candidate.getName().equals(methodName) && !candidate.isBridge()) {
        String reason = mismatch(definition, candidate);
        if (reason == null) {
          return candidate;
        }
        rejected.add(candidate + ": " + reason);
      }
    }
    throw invalid(
        definition,
        rejected.isEmpty()
            ? "the class " + className + " has no public method " + methodName
            : "no method fits the SQL types:\n" + String.join("\n", rejected));
  }

  private static @Nullable String mismatch(Definition definition, Method method) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length != definition.arguments().size()) {
      return types.length + " parameters for " + definition.arguments().size() + " arguments";
    }
    for (int i = 0; i < types.length; i++) {
      SnowflakeType sql = definition.arguments().get(i).type();
      if (!JavaCells.fits(sql, types[i])) {
        return "argument " + (i + 1) + ", " + sql + ", cannot be a " + types[i].getSimpleName();
      }
    }
    return JavaCells.fits(definition.returns(), method.getReturnType())
        ? null
        : "it cannot return " + definition.returns();
  }

  private static SqlError invalid(Definition definition, String reason) {
    return SqlError.of(
        "100132",
        "P0000",
        "SQL compilation error:\nCreating the Java function "
            + definition.signature()
            + " failed: "
            + reason);
  }

  /** Work that may throw anything the function throws. */
  @FunctionalInterface
  private interface Work<T extends @Nullable Object> {
    T run() throws ReflectiveOperationException;
  }

  private <T extends @Nullable Object> T withImports(Work<T> work) {
    if (!hasImports) {
      return guarded(work);
    }
    IMPORT_DIRECTORY_LOCK.lock();
    String before = System.getProperty(IMPORT_DIRECTORY);
    try {
      System.setProperty(IMPORT_DIRECTORY, imports + File.separator);
      return guarded(work);
    } finally {
      if (before == null) {
        System.clearProperty(IMPORT_DIRECTORY);
      } else {
        System.setProperty(IMPORT_DIRECTORY, before);
      }
      IMPORT_DIRECTORY_LOCK.unlock();
    }
  }

  private <T extends @Nullable Object> T guarded(Work<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return work.run();
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw SqlError.of(
          "100132",
          "P0000",
          "Java Execution Error:\n" + trace(cause) + "\n in function " + function,
          cause);
    } catch (ReflectiveOperationException | IllegalArgumentException | LinkageError e) {
      throw SqlError.of(
          "100132", "P0000", "Java Execution Error:\n" + e + "\n in function " + function, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The exception, its causes, and the frames of the function's own code. */
  private String trace(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    String prefix = "";
    int depth = 0;
    for (Throwable at = thrown; at != null && depth < 5; at = at.getCause(), depth++) {
      text.append(prefix).append(at);
      for (StackTraceElement frame : at.getStackTrace()) {
        if (frame.getClassName().startsWith("jdk.internal.reflect.")
            || frame.getClassName().startsWith("java.lang.reflect.")) {
          break;
        }
        text.append("\n\tat ").append(frame);
      }
      prefix = "\nCaused by: ";
    }
    return text.toString();
  }

  private static void close(URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      LOG.warn("Closing the class loader of a function failed: {}", e.toString());
    }
  }
}
