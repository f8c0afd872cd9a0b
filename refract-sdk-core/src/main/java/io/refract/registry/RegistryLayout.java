package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Strings;
import com.google.gson.JsonObject;
import io.refract.internal.DurableFiles;
import io.refract.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where everything lies in a registry, and which names may be used. Every path that it returns is
 * below the root, with no symbolic link on the way.
 *
 * <pre>
 * refract-registry.json            says that this is a registry, and of which format
 * building/                        what writers have in work, see {@link Workspace}
 * models/NAME/versions/3/          a version: never changed once it is there
 * models/NAME/events/00000007/     a directory with event.json: one line of the audit log
 * </pre>
 */
final class RegistryLayout {

  private static final String MARKER = "refract-registry.json";
  private static final String BUILDING = "building";
  private static final String FORMAT = "refract-registry";
  private static final int FORMAT_VERSION = 1;

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
  private static final Pattern SEQUENCE = Pattern.compile("[0-9]{8}");

  /** Names that Windows keeps for devices, with any extension. */
  private static final Set<String> RESERVED = reservedNames();

  private final Path root;

  private RegistryLayout(Path root) {
    this.root = root;
  }

  private static Set<String> reservedNames() {
    Stream<String> ports =
        IntStream.rangeClosed(0, 9).boxed().flatMap(i -> Stream.of("com" + i, "lpt" + i));
    return Set.copyOf(Stream.concat(Stream.of("con", "prn", "aux", "nul"), ports).toList());
  }

  /**
   * Looks at a directory, and writes nothing.
   *
   * @throws RegistryException if it holds something else than a registry
   */
  static RegistryLayout at(Path directory) {
    try {
      RegistryLayout layout = new RegistryLayout(realPath(directory));
      layout.check();
      return layout;
    } catch (IOException | IllegalArgumentException e) {
      throw new RegistryException(
          "cannot open the registry at %s: %s; check the directory".formatted(directory, e), e);
    }
  }

  /** Returns the path without links, the same before and after the directory is there. */
  private static Path realPath(Path directory) throws IOException {
    if (Files.exists(directory)) {
      return directory.toRealPath();
    }
    Path absolute = directory.toAbsolutePath().normalize();
    Path there = absolute;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there == null ? absolute : there.toRealPath().resolve(there.relativize(absolute));
  }

  private void check() throws IOException {
    Path marker = root.resolve(MARKER);
    if (Files.exists(marker)) {
      JsonObject json = Json.parse(Files.readString(marker));
      if (!Json.string(json, "format").equals(FORMAT)
          || Json.wholeNumber(json, "formatVersion") != FORMAT_VERSION) {
        throw notOne(MARKER + " names another format; use the SDK that made it");
      }
    } else if (Files.exists(root)) {
      if (!Files.isDirectory(root)) {
        throw notOne("it is not a directory; choose another path");
      }
      for (String name : names(root)) {
        if (Files.exists(marker)) {
          // Another process has made the registry since.
          check();
          return;
        }
        if (!name.equals(BUILDING)) {
          throw notOne(
              "it holds '" + name + "' but no " + MARKER + "; choose a new or an empty directory");
        }
      }
    }
  }

  private RegistryException notOne(String reason) {
    return new RegistryException(
        "cannot open the registry at %s: %s".formatted(root, reason), null);
  }

  /**
   * Makes the directory a registry if it is none yet; safe when several processes do it at once.
   */
  void initialise() throws IOException {
    DurableFiles.createDirectories(building());
    if (!Files.exists(root.resolve(MARKER))) {
      JsonObject json = new JsonObject();
      json.addProperty("format", FORMAT);
      json.addProperty("formatVersion", FORMAT_VERSION);
      Path file = building().resolve("marker-" + UUID.randomUUID());
      DurableFiles.write(file, Json.pretty(json));
      Files.move(file, root.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.forceDirectory(root);
    }
  }

  /**
   * Checks a model's name.
   *
   * @throws IllegalArgumentException if it cannot be a directory's name on every system
   */
  static String checkName(String name, String what) {
    checkArgument(
        NAME.matcher(name).matches(),
        "%s must be 1 to 100 letters (A-Z, a-z), digits, '.', '_' or '-', with a letter or digit at"
            + " both ends, but was '%s'",
        what,
        name.length() > 120 ? name.substring(0, 120) + "..." : name);
    String stem = name.toLowerCase(Locale.ROOT).split("\\.", 2)[0];
    checkArgument(
        !RESERVED.contains(stem),
        "%s '%s' is reserved on some systems; choose another",
        what,
        name);
    return name;
  }

  Path root() {
    return root;
  }

  Path building() {
    return withoutLinks(root.resolve(BUILDING));
  }

  Path versions(String model) {
    return withoutLinks(model(model).resolve("versions"));
  }

  Path version(String model, int number) {
    return withoutLinks(versions(model).resolve(Integer.toString(number)));
  }

  Path events(String model) {
    return withoutLinks(model(model).resolve("events"));
  }

  Path event(String model, long sequence) {
    return withoutLinks(events(model).resolve(Strings.padStart(Long.toString(sequence), 8, '0')));
  }

  private Path model(String name) {
    return root.resolve("models").resolve(checkName(name, "model name"));
  }

  /** Returns the names of all models that have a directory, sorted. */
  List<String> modelNames() throws IOException {
    List<String> models = new ArrayList<>();
    for (String name : names(withoutLinks(root.resolve("models")))) {
      if (NAME.matcher(name).matches()) {
        models.add(name);
      }
    }
    Collections.sort(models);
    return models;
  }

  /** Returns the numbers of all versions of a model, sorted. */
  List<Integer> versionNumbers(String model) throws IOException {
    return names(versions(model)).stream()
        .filter(NUMBER.asMatchPredicate())
        .map(Integer::valueOf)
        .sorted()
        .toList();
  }

  /** Returns the highest sequence that a listing shows; events after it may exist already. */
  long highestEvent(String model) throws IOException {
    return names(events(model)).stream()
        .filter(SEQUENCE.asMatchPredicate())
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }

  /** Returns the names in a directory; none when it is not there. */
  static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
    }
  }

  /** A version object of another registry would name a version here that it is not. */
  ModelVersion own(ModelVersion version) {
    checkArgument(
        version.directory().equals(version(version.name(), version.number())),
        "%s is not a version of the registry at %s",
        version,
        root);
    return version;
  }

  /** A link below the root could lead a reader or a writer out of the registry. */
  private Path withoutLinks(Path path) {
    Path current = root;
    for (Path name : root.relativize(path)) {
      current = current.resolve(name);
      if (Files.isSymbolicLink(current)) {
        throw new RegistryException(
            "cannot use the registry at %s: %s is a symbolic link; replace it by a directory"
                .formatted(root, current),
            null);
      }
    }
    return path;
  }
}
