package io.refract.snowflake.testing;

import io.refract.snowflake.sql.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stages in memory that answer PUT, GET, LIST and REMOVE the way the driver does: paths are
 * prefixes, the local path ends at the first quote, stars are wildcards.
 */
public final class FakeStages implements RecordingSession.Answer {

  private static final String STAGE = "(?:'@((?:[^']|'')*)'|@(\\S*))";
  private static final Pattern PUT =
      Pattern.compile("PUT 'file://([^']*)' " + STAGE + " .*OVERWRITE=(TRUE|FALSE)");
  private static final Pattern GET = Pattern.compile("GET " + STAGE + " 'file://([^']*)'");
  private static final Pattern LIST = Pattern.compile("LIST " + STAGE);
  private static final Pattern REMOVE = Pattern.compile("REMOVE " + STAGE + "(?: PATTERN='(.*)')?");

  /** Contents by path, which begins with the stage. */
  public final Map<String, byte[]> files = new TreeMap<>();

  /** Paths whose upload the driver reports as failed. */
  public final List<String> failing = new ArrayList<>();

  @Override
  public List<Row> to(String sql) {
    try {
      Matcher put = PUT.matcher(sql);
      if (put.matches()) {
        return put(put.group(1), stagePath(put), put.group(4).equals("TRUE"));
      }
      Matcher get = GET.matcher(sql);
      if (get.matches()) {
        return get(stagePath(get, 1), Path.of(get.group(3)));
      }
      Matcher list = LIST.matcher(sql);
      if (list.matches()) {
        return list(stagePath(list, 1));
      }
      Matcher remove = REMOVE.matcher(sql);
      if (remove.matches()) {
        return remove(stagePath(remove, 1), remove.group(3));
      }
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String stagePath(Matcher matcher) {
    return stagePath(matcher, 2);
  }

  private static String stagePath(Matcher matcher, int group) {
    String quoted = matcher.group(group);
    String path =
        quoted == null ? matcher.group(group + 1) : quoted.replace("''", "'").replace("\\\\", "\\");
    // LIST names no database and no schema.
    int slash = path.indexOf('/');
    String stage = slash < 0 ? path : path.substring(0, slash);
    return stage.substring(stage.lastIndexOf('.') + 1) + (slash < 0 ? "" : path.substring(slash));
  }

  private List<Row> put(String local, String directory, boolean overwrite) throws IOException {
    List<Path> sources = new ArrayList<>();
    if (local.endsWith("/*")) {
      try (Stream<Path> found = Files.list(Path.of(local.substring(0, local.length() - 2)))) {
        found.sorted().forEach(sources::add);
      }
    } else {
      sources.add(Path.of(local));
    }
    List<Row> rows = new ArrayList<>();
    for (Path source : sources) {
      String name = source.getFileName().toString();
      String key = directory + (directory.endsWith("/") ? "" : "/") + name;
      String status = "UPLOADED";
      if (failing.contains(key)) {
        status = "ERROR";
      } else if (files.containsKey(key) && !overwrite) {
        status = "SKIPPED";
      } else {
        files.put(key, Files.readAllBytes(source));
      }
      rows.add(
          new Row(
              List.of("source", "target", "status", "message"),
              List.of(name, name, status, status.equals("ERROR") ? "disk is full" : "")));
    }
    return rows;
  }

  private List<Row> get(String prefix, Path directory) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().startsWith(prefix)) {
        String name = file.getKey().substring(file.getKey().lastIndexOf('/') + 1);
        Files.write(directory.resolve(name), file.getValue());
        rows.add(new Row(List.of("file", "status"), List.of(name, "DOWNLOADED")));
      }
    }
    return rows;
  }

  private List<Row> list(String prefix) {
    List<Row> rows = new ArrayList<>();
    files.forEach(
        (path, content) -> {
          if (path.startsWith(prefix)) {
            int slash = path.indexOf('/');
            rows.add(
                new Row(
                    List.of("name", "size", "md5", "last_modified"),
                    List.of(
                        path.substring(0, slash).toLowerCase(Locale.ROOT) + path.substring(slash),
                        (long) content.length,
                        "0",
                        "Sat, 21 Nov 2026 06:13:00 GMT")));
          }
        });
    return rows;
  }

  private List<Row> remove(String prefix, @Nullable String pattern) {
    files
        .keySet()
        .removeIf(
            path ->
                path.startsWith(prefix)
                    && (pattern == null
                        || Pattern.matches(pattern, path.substring(path.indexOf('/') + 1))));
    return List.of();
  }
}
