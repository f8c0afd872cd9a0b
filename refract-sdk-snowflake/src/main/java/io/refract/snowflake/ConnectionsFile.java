package io.refract.snowflake;

import static com.google.common.base.Strings.isNullOrEmpty;

import com.google.common.collect.ImmutableSortedSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code connections.toml} that the driver itself reads. It is looked at here only to give
 * a clear error: the driver's own reads "no suitable driver" when the file is missing.
 */
final class ConnectionsFile {

  /** A table header, or a table written in one line. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?m)^\\s*(?:\\[\\s*(?:\"([^\"]*)\"|'([^']*)'|([\\w-]+))\\s*]"
              + "|(?:\"([^\"]*)\"|'([^']*)'|([\\w-]+))\\s*=\\s*\\{)");

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
      names = names(Files.readString(path, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return "the file " + path + " cannot be read as UTF-8 text (" + e.getMessage() + ").";
    }
    return names.contains(connectionName)
        ? null
        : "the file %s has no section [%s]; it has %s. Add the section or use one of these names."
            .formatted(path, connectionName, names.isEmpty() ? "none" : names);
  }

  private static Set<String> names(String toml) {
    ImmutableSortedSet.Builder<String> names = ImmutableSortedSet.naturalOrder();
    Matcher matcher = NAME.matcher(toml);
    while (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          names.add(matcher.group(group));
        }
      }
    }
    return names.build();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
