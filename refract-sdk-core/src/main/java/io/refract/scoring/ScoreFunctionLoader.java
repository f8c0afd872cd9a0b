package io.refract.scoring;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds score functions from their class name, out of the class path or out of a jar. */
final class ScoreFunctionLoader implements AutoCloseable {

  private final ClassLoader classes;
  private final @Nullable Path jar;

  private ScoreFunctionLoader(ClassLoader classes, @Nullable Path jar) {
    this.classes = classes;
    this.jar = jar;
  }

  static ScoreFunctionLoader of(Optional<Path> jar) {
    ClassLoader application = applicationClasses();
    return jar.isPresent()
        ? new ScoreFunctionLoader(JarClasses.of(jar.get(), application), jar.get())
        : new ScoreFunctionLoader(application, null);
  }

  /**
   * Returns the class loader of the application, which may see more than that of the SDK. The
   * thread's own is not one when it does not see the SDK, as on the threads of the common pool in
   * an application that was packed into one jar.
   */
  static ClassLoader applicationClasses() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null && seesSdk(context)
        ? context
        : ScoreFunctionLoader.class.getClassLoader();
  }

  private static boolean seesSdk(ClassLoader classes) {
    try {
      return classes.loadClass(ScoreFunction.class.getName()) == ScoreFunction.class;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  ScoreFunction<?, ?> restore(ScoreSpecification specification) {
    String name = specification.functionClass();
    Class<?> type = load(name);
    if (!ScoreFunction.class.isAssignableFrom(type)) {
      throw failure(name, "it does not implement " + ScoreFunction.class.getName(), null);
    }
    try {
      return (ScoreFunction<?, ?>) instantiate(type, specification.configuration());
    } catch (NoSuchMethodException e) {
      throw failure(name, "it has no public constructor that takes a Map, or nothing at all", e);
    } catch (IllegalAccessException | InstantiationException e) {
      throw failure(
          name,
          e.getMessage()
              + "; make it a public, concrete class, in a package that its module exports, if it"
              + " has one",
          e);
    } catch (InvocationTargetException e) {
      throw failure(name, "its constructor threw " + e.getCause(), e.getCause());
    }
  }

  private static Object instantiate(Class<?> type, Map<String, String> configuration)
      throws NoSuchMethodException,
          IllegalAccessException,
          InstantiationException,
          InvocationTargetException {
    Constructor<?> plain;
    try {
      return type.getConstructor(Map.class).newInstance(configuration);
    } catch (NoSuchMethodException e) {
      plain = type.getConstructor();
    }
    return plain.newInstance();
  }

  private Class<?> load(String name) {
    try {
      return Class.forName(name, true, classes);
    } catch (ClassNotFoundException e) {
      throw failure(
          name,
          jar == null
              ? "the class is not on the class path; add the jar that holds it, or register it"
                  + " with scoreWith(function, jar)"
              : "the class is not in the registered jar " + jar,
          e);
    } catch (LinkageError e) {
      throw failure(name, "the class cannot be linked (" + e + ")", e);
    }
  }

  private static ScoringException failure(String name, String reason, @Nullable Throwable cause) {
    return new ScoringException(
        "cannot build the score function %s: %s".formatted(name, reason), cause);
  }

  @Override
  public void close() {
    if (classes instanceof JarClasses own) {
      try {
        own.close();
      } catch (IOException e) {
        throw new ScoringException(
            "cannot close the jar of the score function %s: %s".formatted(jar, e), e);
      }
    }
  }

  /**
   * The classes of a registered jar come before those of the application, so that a model is scored
   * with the code it was registered with. Only the SDK's own types are always the application's: a
   * jar that carries a second copy of them could not talk to the scorer.
   */
  private static final class JarClasses extends URLClassLoader {

    static {
      registerAsParallelCapable();
    }

    private static final Set<String> SHARED_PACKAGES =
        Set.of(
            "io.refract",
            "io.refract.artifact",
            "io.refract.internal",
            "io.refract.progress",
            "io.refract.provenance",
            "io.refract.registry",
            "io.refract.scoring");

    private JarClasses(URL jar, ClassLoader parent) {
      super("score function " + jar, new URL[] {jar}, parent);
    }

    static JarClasses of(Path jar, ClassLoader parent) {
      try {
        return new JarClasses(jar.toUri().toURL(), parent);
      } catch (MalformedURLException e) {
        throw new ScoringException(
            "cannot open the jar of the score function %s: %s".formatted(jar, e), e);
      }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> type = findLoadedClass(name);
        if (type == null && !isShared(name)) {
          try {
            type = findClass(name);
          } catch (ClassNotFoundException e) {
            type = null;
          }
        }
        return type == null ? super.loadClass(name, resolve) : type;
      }
    }

    private static boolean isShared(String name) {
      int end = name.lastIndexOf('.');
      return name.startsWith("java.")
          || (end > 0 && SHARED_PACKAGES.contains(name.substring(0, end)));
    }
  }
}
