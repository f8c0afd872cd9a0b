package io.refract.artifact;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What lies in a directory, links not followed.
 *
 * @param sizes the size of each regular file in bytes, by its path with {@code /} between names
 * @param problems what is there and is no regular file, in words
 */
record DirectoryContent(Map<String, Long> sizes, List<String> problems) {

  static DirectoryContent of(Path directory) {
    Map<String, Long> sizes = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String path = relative(directory, file);
              if (attributes.isSymbolicLink()) {
                problems.add("'" + path + "' is a symbolic link");
              } else if (!attributes.isRegularFile()) {
                problems.add("'" + path + "' is not a regular file");
              } else if (!path.equals(ArtifactManifest.FILE_NAME)) {
                sizes.put(path, attributes.size());
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new ArtifactException(
          "cannot list the files of %s: %s; check that the directory exists and can be read"
              .formatted(directory, e),
          e);
    }
    return new DirectoryContent(sizes, problems);
  }

  long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String relative(Path directory, Path file) {
    StringBuilder path = new StringBuilder();
    for (Path name : directory.relativize(file)) {
      path.append(path.length() == 0 ? "" : "/").append(name);
    }
    return path.toString();
  }
}
