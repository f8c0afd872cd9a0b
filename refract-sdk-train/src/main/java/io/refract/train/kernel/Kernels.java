package io.refract.train.kernel;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the engine loads kernels on this platform at all, and whether the user wants them. */
final class Kernels {

  /** The system property that switches all kernels off, with the value {@code off}. */
  static final String SWITCH = "io.refract.train.kernels";

  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);
  private static final String INSTEAD =
      "Layers, updates and scoring are computed operation by operation, which takes longer;"
          + " bfloat16 and int8 are not possible.";
  private static final Script SMALLEST =
      new Script("smallest", "def same(self, x: Tensor) -> Tensor:\n  return x\n");

  private Kernels() {}

  /** Tried once: what the log says of it then holds for all scripts. */
  private static final class Trial {
    private static final boolean PASSED = passed();

    private static boolean passed() {
      if ("off".equals(System.getProperty(SWITCH))) {
        LOG.warn("Kernels are switched off by -D{}=off. {}", SWITCH, INSTEAD);
        return false;
      }
      try {
        ScriptLibrary.load(SMALLEST).close();
        return true;
      } catch (RuntimeException | LinkageError e) {
        LOG.warn("The engine loads no kernels on this platform: {}. {}", cause(e), INSTEAD);
        LOG.debug("Why no kernel loads", e);
        return false;
      }
    }
  }

  /** Returns whether it is worth the while to load a script. */
  static boolean areAvailable() {
    return Trial.PASSED;
  }

  /**
   * Returns the reason in a failure of the engine. Its messages list the text of the script: behind
   * the first line when it does not load, in front of the reason when it does not run.
   */
  static String cause(Throwable e) {
    List<String> lines = String.valueOf(e.getMessage()).strip().lines().toList();
    return lines.stream()
        .filter(line -> line.startsWith("RuntimeError: "))
        .findFirst()
        .orElseGet(() -> lines.isEmpty() ? e.getClass().getName() : lines.get(0));
  }
}
