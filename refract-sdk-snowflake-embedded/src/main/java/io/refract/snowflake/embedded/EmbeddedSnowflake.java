package io.refract.snowflake.embedded;

import io.refract.snowflake.SnowflakeEndpoint;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.EngineSettings;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A Snowflake inside this JVM that the unmodified Snowflake JDBC driver connects to.
 *
 * <p>It is for tests, samples and trying things without an account. It listens on the loopback
 * interface only and asks for a password that is made up anew at each start; {@link
 * #connectionProperties()} holds it. What it does not cover it refuses with SQLState 0A000. The
 * code of user-defined functions runs with the rights of this process, without a sandbox.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedSnowflake implements SnowflakeEndpoint, AutoCloseable {

  private static final String USER = "REFRACT";
  private static final int SECRET_BYTES = 24;

  private final Engine engine;
  private final WireServer server;
  private final DataDirectory directory;
  private final String password;
  private final String database;
  private final String schema;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedSnowflake(
      Engine engine,
      WireServer server,
      DataDirectory directory,
      String password,
      Builder settings) {
    this.engine = engine;
    this.server = server;
    this.directory = directory;
    this.password = password;
    this.database = settings.database;
    this.schema = settings.schema;
  }

  /**
   * Starts an embedded Snowflake that keeps its tables in memory and its staged files in a
   * temporary directory; closing it deletes both.
   *
   * @throws EmbeddedSnowflakeException when it cannot start
   */
  public static EmbeddedSnowflake start() {
    return inMemory().start();
  }

  /** Returns the settings of an embedded Snowflake that forgets everything when it is closed. */
  public static Builder inMemory() {
    return new Builder(null);
  }

  /**
   * Returns the settings of an embedded Snowflake that keeps everything in a directory.
   *
   * <p>What was committed is there again after the next start, also when the process was killed.
   *
   * @param directory is created when it is missing; used by one process at a time
   */
  public static Builder at(Path directory) {
    return new Builder(Objects.requireNonNull(directory, "directory"));
  }

  @Override
  public String jdbcUrl() {
    return "jdbc:snowflake://127.0.0.1:" + server.port() + "/?account=embedded&ssl=off";
  }

  /**
   * {@inheritDoc}
   *
   * <p>They hold the user, the password, the database, the schema and a warehouse name, and switch
   * off the driver's search for a cloud platform.
   */
  @Override
  public Properties connectionProperties() {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("password", password);
    properties.setProperty("db", new Identifier(database).sql());
    properties.setProperty("schema", new Identifier(schema).sql());
    properties.setProperty("warehouse", "EMBEDDED");
    // Else the first connection asks three cloud metadata addresses and waits for a second.
    properties.setProperty("disablePlatformDetection", "true");
    return properties;
  }

  /** Returns the TCP port on the loopback interface. */
  public int port() {
    return server.port();
  }

  /** Stops the server, the Python workers and DuckDB, and deletes what is temporary. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    server.close();
    try {
      engine.close();
    } catch (SQLException e) {
      throw new EmbeddedSnowflakeException(
          "Closing the embedded Snowflake in "
              + directory.path()
              + " failed: "
              + e.getMessage()
              + ". What was committed is safe.",
          e);
    } finally {
      directory.close();
    }
  }

  @Override
  public String toString() {
    return "EmbeddedSnowflake[" + jdbcUrl() + ", " + directory.path() + "]";
  }

  /** The settings of an embedded Snowflake that is about to start. Not thread-safe. */
  public static final class Builder {

    private static final int MAX_PORT = 65_535;

    private final @Nullable Path directory;
    private String database = "DEMO";
    private String schema = "PUBLIC";
    private int port;
    private @Nullable String password;
    private boolean anyLogin;

    private Builder(@Nullable Path directory) {
      this.directory = directory;
    }

    /**
     * Sets the database that exists from the start, DEMO by default.
     *
     * @param name as in SQL: unquoted names become upper case
     * @throws IllegalArgumentException when it is no identifier
     */
    public Builder database(String name) {
      database = identifier("database", name);
      return this;
    }

    /**
     * Sets the schema that exists from the start besides PUBLIC, and in which connections begin.
     *
     * @param name as in SQL: unquoted names become upper case
     * @throws IllegalArgumentException when it is no identifier
     */
    public Builder schema(String name) {
      schema = identifier("schema", name);
      return this;
    }

    /**
     * Sets the TCP port, 0 by default: a free one.
     *
     * @throws IllegalArgumentException when it is not between 0 and 65535
     */
    public Builder port(int number) {
      if (number < 0 || number > MAX_PORT) {
        throw new IllegalArgumentException(
            "A port is between 0 and " + MAX_PORT + ", not " + number + ".");
      }
      port = number;
      return this;
    }

    /**
     * Sets the password that every user has to give, for clients that are configured by hand; made
     * up by default.
     *
     * @throws IllegalArgumentException when it is blank
     */
    public Builder password(String secret) {
      if (secret.isBlank()) {
        throw new IllegalArgumentException("The password must not be blank.");
      }
      password = secret;
      return this;
    }

    /**
     * Accepts every login: any password, key pair or token.
     *
     * <p>For tests of the ways to authenticate. Every user of this machine can then run code with
     * the rights of this process.
     */
    public Builder anyLogin() {
      anyLogin = true;
      return this;
    }

    /**
     * Starts the embedded Snowflake.
     *
     * @throws EmbeddedSnowflakeException when the directory is in use by another process, the port
     *     is taken or the data cannot be read
     */
    public EmbeddedSnowflake start() {
      DataDirectory data =
          directory == null ? DataDirectory.temporary() : DataDirectory.lock(directory);
      Engine engine = null;
      boolean started = false;
      try {
        engine = Engine.open(new EngineSettings(data.path(), directory != null, database, schema));
        Features.install(engine);
        String secret = password == null ? randomSecret() : password;
        WireServer server = WireServer.start(engine, port, anyLogin ? null : secret);
        started = true;
        return new EmbeddedSnowflake(engine, server, data, secret, this);
      } catch (SQLException | IOException e) {
        throw new EmbeddedSnowflakeException(
            "Starting an embedded Snowflake in "
                + data.path()
                + (port == 0 ? "" : " on port " + port)
                + " failed: "
                + e.getMessage(),
            e);
      } finally {
        if (!started) {
          closeQuietly(engine, data);
        }
      }
    }

    private static void closeQuietly(@Nullable Engine engine, DataDirectory data) {
      try {
        if (engine != null) {
          engine.close();
        }
      } catch (SQLException e) {
        throw new EmbeddedSnowflakeException(
            "Closing DuckDB after a failed start in " + data.path() + " failed", e);
      } finally {
        data.close();
      }
    }

    private static String identifier(String what, String name) {
      try {
        return Identifier.parse(name).name();
      } catch (SqlError e) {
        throw new IllegalArgumentException(
            "The " + what + " '" + name + "' is no identifier: " + e.text(), e);
      }
    }

    private static String randomSecret() {
      byte[] bytes = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(bytes);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
  }
}
