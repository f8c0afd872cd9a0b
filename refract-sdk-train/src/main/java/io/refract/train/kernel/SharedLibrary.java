package io.refract.train.kernel;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A library that is loaded when it is first asked for, and stays loaded as long as the JVM runs.
 * Where it cannot be loaded, one line in the log says so, and nobody tries again; where none can,
 * the line of {@link Kernels} is the only one.
 *
 * <p>Thread-safe.
 */
public final class SharedLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(SharedLibrary.class);

  private final Script script;
  private final String fallback;
  private final Consumer<ScriptLibrary> trial;
  private boolean tried;
  private @Nullable ScriptLibrary library;

  /**
   * Creates a library that is not loaded yet.
   *
   * @param script its text
   * @param fallback what happens without it, for the log: a sentence without its full stop
   */
  public SharedLibrary(Script script, String fallback) {
    this(script, fallback, library -> {});
  }

  /**
   * Creates a library that is not loaded yet, and is of no use where a trial of it fails: a text
   * can load on a processor that lacks what an operator of it needs.
   *
   * @param script its text
   * @param fallback what happens without it, for the log: a sentence without its full stop
   * @param trial runs methods once, when it is loaded
   */
  SharedLibrary(Script script, String fallback, Consumer<ScriptLibrary> trial) {
    this.script = script;
    this.fallback = fallback;
    this.trial = trial;
  }

  /** Returns the library, or empty on a platform where its text does not load, or run. */
  public synchronized Optional<ScriptLibrary> get() {
    if (!tried) {
      tried = true;
      if (!Kernels.areAvailable()) {
        return Optional.empty();
      }
      String failed = "load";
      try {
        ScriptLibrary loaded = ScriptLibrary.load(script);
        failed = "run";
        library = tried(loaded);
      } catch (RuntimeException | LinkageError e) {
        LOG.warn(
            "The engine does not {} the script '{}': {}. {}.",
            failed,
            script.name(),
            Kernels.cause(e),
            fallback);
        LOG.debug("Why the script '{}' is of no use", script.name(), e);
      }
    }
    return Optional.ofNullable(library);
  }

  private ScriptLibrary tried(ScriptLibrary loaded) {
    try {
      trial.accept(loaded);
      return loaded;
    } catch (RuntimeException e) {
      loaded.close();
      throw e;
    }
  }
}
