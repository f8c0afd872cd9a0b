package io.refract.snowflake;

import static com.google.common.base.Strings.isNullOrEmpty;

import com.google.common.collect.ImmutableSortedSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code connections.toml} that the driver itself reads. It is looked at here to give a
 * clear error, where the driver's own reads "no suitable driver", and for the names of what it
 * sets.
 */
final class ConnectionsFile {

  /** A table header, or a table written in one line. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?m)^\\s*(?:\\[\\s*(?:\"([^\"]*)\"|'([^']*)'|([\\w-]+))\\s*]"
              + "|(?:\"([^\"]*)\"|'([^']*)'|([\\w-]+))\\s*=\\s*\\{)");

  /** The name of a value, at the beginning of a line or within a table in one line. */
  private static final Pattern KEY =
      Pattern.compile("(?m)(?:^|[{,])\\s*(?:\"([^\"]*)\"|'([^']*)'|([\\w-]+))\\s*=");

  private static final Pattern HEADER = Pattern.compile("(?m)^\\s*\\[");

  private final Path path;

  private ConnectionsFile(Path path) {
    this.path = path;
  }

  /** Finds the file where the driver looks for it. */
  static ConnectionsFile ofDriver() {
    String home = System.getenv("SNOWFLAKE_HOME");
    Path directory =
        isNullOrEmpty(home)
            ? Path.of(System.getProperty("user.home"), ".snowflake")
            : Path.of(home);
    return at(directory.resolve("connections.toml"));
  }

  static ConnectionsFile at(Path path) {
    return new ConnectionsFile(path);
  }

  /** Returns why the connection cannot be opened, or null when the file names it. */
  @Nullable String problemWith(String connectionName) {
    if (!Files.isRegularFile(path)) {
      return "there is no file "
          + path
          + ". Create it with a section [%s] that holds account, user and authenticator"
              .formatted(connectionName)
          + ", let the environment variable SNOWFLAKE_HOME name the directory of connections.toml,"
          + " or connect with a SnowflakeConfig.";
    }
    Set<String> names;
    try {
      names = names(NAME, text());
    } catch (IOException e) {
      return "the file " + path + " cannot be read as UTF-8 text (" + e.getMessage() + ").";
    }
    return names.contains(connectionName)
        ? null
        : "the file %s has no section [%s]; it has %s. Add the section or use one of these names."
            .formatted(path, connectionName, names.isEmpty() ? "none" : names);
  }

  /**
   * Returns the names of the values that a section sets, which those given to the driver would
   * replace; none when there is no such section or file. A name too many can be among them, of a
   * text that reads like one.
   */
  Set<String> keysOf(String connectionName) {
    String toml;
    try {
      toml = text();
    } catch (IOException e) {
      return ImmutableSortedSet.of();
    }
    Matcher header = NAME.matcher(toml);
    while (header.find()) {
      if (nameIn(header).equals(connectionName)) {
        boolean inOneLine = header.group().endsWith("{");
        int begin = inOneLine ? header.end() - 1 : header.end();
        Matcher next = HEADER.matcher(toml);
        int end = inOneLine ? toml.indexOf('\n', begin) : next.find(begin) ? next.start() : -1;
        return names(KEY, toml.substring(begin, end < 0 ? toml.length() : end));
      }
    }
    return ImmutableSortedSet.of();
  }

  private String text() throws IOException {
    return Files.readString(path, StandardCharsets.UTF_8);
  }

  private static Set<String> names(Pattern pattern, String text) {
    ImmutableSortedSet.Builder<String> names = ImmutableSortedSet.naturalOrder();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(nameIn(matcher));
    }
    return names.build();
  }

  /** Returns the one group that matched. */
  private static String nameIn(Matcher matcher) {
    return IntStream.rangeClosed(1, matcher.groupCount())
        .mapToObj(matcher::group)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
