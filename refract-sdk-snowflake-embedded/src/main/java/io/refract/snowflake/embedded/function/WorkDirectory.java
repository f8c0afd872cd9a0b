package io.refract.snowflake.embedded.function;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one running function: its imports, its code, its classes.
 *
 * <p>Imports lie in one flat directory, as in Snowflake. Small files are copied; large ones, such
 * as weights of a model, are linked, so that they need no second place on disk.
 *
 * @param root the absolute directory
 */
record WorkDirectory(Path root) {

  private static final Logger LOG = LoggerFactory.getLogger(WorkDirectory.class);
  private static final long COPIED = 64L << 20;

  /** Makes an empty directory below another one. */
  static WorkDirectory create(Path parent) {
    try {
      Path root = parent.resolve(UUID.randomUUID().toString()).toAbsolutePath();
      Files.createDirectories(root.resolve("imports"));
      return new WorkDirectory(root);
    } catch (IOException e) {
      throw failed("Making a directory below " + parent, e);
    }
  }

  /** Returns the directory of the imports. */
  Path imports() {
    return root.resolve("imports");
  }

  /**
   * Puts a staged file into the imports.
   *
   * @param name its name there; two files of one name are refused
   */
  Path addImport(Path file, String name) {
    Path target = imports().resolve(name);
    try {
      if (Files.size(file) > COPIED) {
        link(file, target);
      } else {
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
      return target;
    } catch (IOException e) {
      throw failed("Importing " + file, e);
    }
  }

  /** Checks that no two imports have one name. */
  static void requireUniqueNames(List<String> paths) {
    Map<String, String> seen = new HashMap<>();
    for (String path : paths) {
      String other = seen.put(path.substring(path.lastIndexOf('/') + 1), path);
      if (other != null) {
        throw SqlError.of(
            "391541",
            "42601",
            "SQL compilation error:\nIMPORTS has two files with the same name: "
                + other
                + " and "
                + path
                + ". All imports are put into one directory.");
      }
    }
  }

  /** Writes a text file. */
  Path write(String name, String text) {
    try {
      Path file = root.resolve(name);
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      return Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failed("Writing " + name, e);
    }
  }

  /** Returns the imported jars. */
  List<Path> jars() {
    List<Path> jars = new ArrayList<>();
    try (var files = Files.newDirectoryStream(imports(), "*.{jar,zip}")) {
      files.forEach(jars::add);
    } catch (IOException e) {
      throw failed("Reading " + imports(), e);
    }
    jars.sort(null);
    return jars;
  }

  /** Removes the directory; what cannot be removed is left. */
  void delete() {
    try {
      if (Files.exists(root)) {
        MoreFiles.deleteRecursively(root, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      LOG.warn("Removing {} failed: {}", root, e.toString());
    }
  }

  private static void link(Path file, Path target) throws IOException {
    try {
      Files.createSymbolicLink(target, file.toAbsolutePath());
    } catch (UnsupportedOperationException | IOException e) {
      LOG.debug("Linking {} failed, copying it", file, e);
      Files.copy(file, target);
    }
  }

  private static SqlError failed(String attempt, IOException e) {
    return SqlError.of("391540", "P0000", attempt + " for a user-defined function failed: " + e, e);
  }
}
