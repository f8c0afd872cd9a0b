package io.refract.snowflake.embedded.function;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual environments with the packages of Python functions, built once and shared by all servers
 * of a user.
 *
 * <p>An environment cannot be moved after it was built. So each is built in a directory of its own
 * under its final name, and only then published by an atomic rename of the small file {@code
 * current}, which names that directory. A build that is killed leaves a directory that nothing
 * names; the next build removes it. A lock file keeps two processes from building the same one.
 */
final class PythonEnvironments {

  /** The environment variable that names the directory of the environments. */
  static final String VARIABLE = "REFRACT_PYTHON_CACHE";

  private static final Logger LOG = LoggerFactory.getLogger(PythonEnvironments.class);
  private static final Duration INSTALL_LIMIT = Duration.ofMinutes(30);
  private static final Duration CREATE_LIMIT = Duration.ofMinutes(5);
  private static final String CURRENT = "current";
  // File locks are per process: threads of one process need a lock of their own.
  private static final Map<String, Object> THREAD_LOCKS = new ConcurrentHashMap<>();

  private final Path root;

  private PythonEnvironments(Path root) {
    this.root = root;
  }

  /**
   * Returns the environments of this user: in {@value #VARIABLE}, else in the user's cache
   * directory.
   */
  static PythonEnvironments of(Map<String, String> environment) {
    String named = environment.get(VARIABLE);
    if (named != null && !named.isBlank()) {
      return new PythonEnvironments(Path.of(named).toAbsolutePath().normalize());
    }
    String cache = environment.get("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home", "."), ".cache")
            : Path.of(cache);
    return new PythonEnvironments(base.resolve("refract-sdk").resolve("python").toAbsolutePath());
  }

  /**
   * Returns the Python program of the environment with the given packages; builds it first when
   * there is none.
   *
   * @throws SqlError 391546 when the packages cannot be installed
   */
  Path python(PythonInterpreter interpreter, PythonPackages packages) {
    if (interpreter.chosen() && !packages.isEmpty() && satisfies(interpreter, packages)) {
      LOG.debug("{} already has {}", interpreter.executable(), packages.specifiers());
      return interpreter.executable();
    }
    String key = key(interpreter, packages);
    synchronized (THREAD_LOCKS.computeIfAbsent(root + "/" + key, any -> new Object())) {
      try {
        Path directory = Files.createDirectories(root.resolve(key));
        Path ready = published(directory);
        return ready != null ? ready : buildLocked(directory, interpreter, packages);
      } catch (IOException e) {
        throw SqlError.of(
            "391546",
            "XX000",
            "Preparing the Python packages "
                + packages.specifiers()
                + " in "
                + root
                + " failed: "
                + e
                + ". Check the directory, or name another one in "
                + VARIABLE
                + ".",
            e);
      }
    }
  }

  private Path buildLocked(Path directory, PythonInterpreter interpreter, PythonPackages packages)
      throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                root.resolve(directory.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IOException("the lock file " + directory.getFileName() + ".lock got lost");
      }
      // Another process may have built it while this one waited.
      Path ready = published(directory);
      if (ready != null) {
        return ready;
      }
      removeUnpublished(directory);
      Path build = directory.resolve(UUID.randomUUID().toString());
      try {
        build(build, interpreter, packages);
      } catch (SqlError e) {
        delete(build);
        throw e;
      }
      Path draft = directory.resolve(CURRENT + "." + UUID.randomUUID());
      Files.writeString(draft, build.getFileName().toString(), StandardCharsets.UTF_8);
      Files.move(
          draft,
          directory.resolve(CURRENT),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      return program(build);
    }
  }

  private static void build(Path build, PythonInterpreter interpreter, PythonPackages packages) {
    String base = interpreter.executable().toString();
    List<String> create = List.of(base, "-m", "venv", "--without-pip", build.toString());
    require(Command.run(create, CREATE_LIMIT), "Creating a virtual environment with " + base);
    if (packages.isEmpty()) {
      return;
    }
    long start = System.nanoTime();
    LOG.info("Installing the Python packages {} into {}", packages.specifiers(), build);
    String python = program(build).toString();
    List<String> install = new ArrayList<>();
    if (Command.run(List.of(base, "-m", "pip", "--python", python, "--version"), CREATE_LIMIT)
        .succeeded()) {
      install.addAll(List.of(base, "-m", "pip", "--python", python));
    } else {
      // The base interpreter has no pip, or one older than 22.3, which cannot install elsewhere.
      require(
          Command.run(List.of(python, "-m", "ensurepip"), CREATE_LIMIT),
          "Installing pip with " + base);
      install.addAll(List.of(python, "-m", "pip"));
    }
    // Wheels only, as Snowflake does: building a package would run its code at CREATE.
    install.addAll(
        List.of(
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "--only-binary=:all:"));
    install.addAll(packages.specifiers());
    Command.Outcome outcome = Command.run(install, INSTALL_LIMIT);
    if (!outcome.succeeded()) {
      throw PythonPackages.notFound(packages.specifiers(), outcome.errors());
    }
    LOG.info(
        "Installed {} in {} s",
        packages.specifiers(),
        Duration.ofNanos(System.nanoTime() - start).toSeconds());
  }

  /** Tells, without any network, whether an interpreter has all packages in the right versions. */
  private static boolean satisfies(PythonInterpreter interpreter, PythonPackages packages) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(interpreter.executable().toString(), "-m", "pip", "install", "--quiet"));
    command.addAll(List.of("--no-index", "--dry-run", "--disable-pip-version-check"));
    command.addAll(packages.specifiers());
    return Command.run(command, CREATE_LIMIT).succeeded();
  }

  private static @Nullable Path published(Path directory) throws IOException {
    Path current = directory.resolve(CURRENT);
    if (!Files.exists(current)) {
      return null;
    }
    Path build = directory.resolve(Files.readString(current, StandardCharsets.UTF_8).strip());
    Path program = program(build);
    // An interpreter that was removed or upgraded leaves a dead link.
    return build.startsWith(directory) && Files.isExecutable(program) ? program : null;
  }

  private static void removeUnpublished(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        delete(entry);
      }
    }
  }

  private static void delete(Path path) {
    try {
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      LOG.warn("Removing {} failed: {}", path, e.toString());
    }
  }

  private static Path program(Path environment) {
    Path windows = environment.resolve("Scripts").resolve("python.exe");
    return Files.exists(windows) ? windows : environment.resolve("bin").resolve("python");
  }

  private static String key(PythonInterpreter interpreter, PythonPackages packages) {
    String text =
        interpreter.executable()
            + "\n"
            + interpreter.version()
            + "\n"
            + String.join("\n", packages.specifiers());
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString().substring(0, 32);
  }

  private static void require(Command.Outcome outcome, String attempt) {
    if (!outcome.succeeded()) {
      throw SqlError.of(
          "391546",
          "XX000",
          attempt
              + " failed: "
              + (outcome.errors() + outcome.output()).strip()
              + "\nInstall Python with its venv module, or name another interpreter in "
              + PythonInterpreter.VARIABLE
              + ".");
    }
  }
}
