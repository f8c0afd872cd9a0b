package io.refract.train.kernel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A library that is loaded when it is first asked for, and stays loaded as long as the JVM runs.
 * Where it cannot be loaded, one line in the log says so, and nobody tries again.
 *
 * <p>Thread-safe.
 */
public final class SharedLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(SharedLibrary.class);

  private final Script script;
  private final String fallback;
  private boolean tried;
  private @Nullable ScriptLibrary library;

  /**
   * Creates a library that is not loaded yet.
   *
   * @param script its text
   * @param fallback what happens without it, for the log: a sentence without its full stop
   */
  public SharedLibrary(Script script, String fallback) {
    this.script = script;
    this.fallback = fallback;
  }

  /** Returns the library, or empty on a platform where its text does not load. */
  public synchronized Optional<ScriptLibrary> get() {
    if (!tried) {
      tried = true;
      try {
        library = ScriptLibrary.load(script);
      } catch (RuntimeException | LinkageError e) {
        LOG.warn(
            "The engine does not load the script '{}': {}. {}.",
            script.name(),
            firstLine(e),
            fallback);
        LOG.debug("Why the script '{}' does not load", script.name(), e);
      }
    }
    return Optional.ofNullable(library);
  }

  /** Messages of the engine go on with a listing of the text. */
  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
  }
}
