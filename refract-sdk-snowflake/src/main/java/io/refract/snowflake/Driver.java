package io.refract.snowflake;

import static com.google.common.base.Strings.nullToEmpty;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JDBC driver, which the application brings along and which is never compiled against. */
final class Driver {

  private static final ImmutableList<String> CLASSES =
      ImmutableList.of(
          "net.snowflake.client.api.driver.SnowflakeDriver",
          "net.snowflake.client.jdbc.SnowflakeDriver");

  /**
   * JSON: the driver's Arrow reader needs a flag of the JVM that a library cannot set. Platform
   * detection: probes cloud metadata addresses for a second at each connect, for telemetry only.
   */
  private static final ImmutableMap<String, String> DEFAULTS =
      ImmutableMap.of(
          "JDBC_QUERY_RESULT_FORMAT", "JSON",
          "QUERY_TAG", "refract-sdk",
          "disablePlatformDetection", "true");

  private Driver() {}

  /**
   * Opens a connection; properties that are given win over the defaults.
   *
   * @param elsewhere names of properties that the driver finds by itself, and that count as given:
   *     it would prefer a default to them
   */
  static Connection open(String url, Properties properties, Set<String> elsewhere, String target) {
    Properties all = new Properties();
    all.putAll(properties);
    Set<String> given = Sets.union(properties.stringPropertyNames(), elsewhere);
    DEFAULTS.forEach(
        (name, value) -> {
          if (given.stream().noneMatch(name::equalsIgnoreCase)) {
            all.setProperty(name, value);
          }
        });
    boolean present = load();
    try {
      return DriverManager.getConnection(url, all);
    } catch (SQLException e) {
      boolean noDriver = nullToEmpty(e.getMessage()).startsWith("No suitable driver");
      if (noDriver && !present) {
        throw SnowflakeException.connecting(
            target,
            "the Snowflake JDBC driver is not on the class path. Add the dependency"
                + " net.snowflake:snowflake-jdbc, version 4.4.1 or newer, with runtime scope.",
            e);
      }
      throw SnowflakeException.connecting(target, reason(e, noDriver), e);
    }
  }

  private static String reason(SQLException e, boolean noDriver) {
    return noDriver
        ? "the JDBC driver does not understand the address " + url(e) + "; check account and host."
        : nullToEmpty(e.getMessage())
            + " (SQLState %s, code %d). Check account, user, credentials and network."
                .formatted(e.getSQLState(), e.getErrorCode());
  }

  private static String url(SQLException e) {
    return nullToEmpty(e.getMessage()).replaceFirst("No suitable driver found for ", "");
  }

  /** Lets the driver register itself, which the service loader misses in some containers. */
  private static boolean load() {
    return CLASSES.stream()
        .anyMatch(
            name ->
                load(name, Thread.currentThread().getContextClassLoader())
                    || load(name, Driver.class.getClassLoader()));
  }

  private static boolean load(String name, @Nullable ClassLoader loader) {
    try {
      Class.forName(name, true, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
