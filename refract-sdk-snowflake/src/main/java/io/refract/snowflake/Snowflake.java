package io.refract.snowflake;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.refract.registry.ModelVersion;
import io.refract.snowflake.deploy.DeploymentRequest;
import io.refract.snowflake.function.FunctionDefinition;
import io.refract.snowflake.function.ScalarFunction;
import io.refract.snowflake.function.UserFunction;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.stage.Stage;
import io.refract.snowflake.table.Selection;
import io.refract.snowflake.table.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Snowflake account, or to an embedded Snowflake.
 *
 * <pre>{@code
 * try (Snowflake snowflake = Snowflake.connect("default")) {
 *   snowflake.stage("T5_P_MODEL").createIfMissing().put(Path.of("model"));
 * }
 * }</pre>
 *
 * <p>Names of objects are read as SQL reads them: unquoted ones in upper case, quoted ones exactly;
 * a name without schema means the session's current schema.
 *
 * <p>Thread-safe: the statements of several threads run one after the other, in one session. For
 * statements that run side by side, open several connections.
 */
public final class Snowflake implements SqlSession, AutoCloseable {

  private final JdbcSession session;
  private final String target;

  private Snowflake(JdbcSession session, String target) {
    this.session = session;
    this.target = target;
  }

  /**
   * Connects with a section of {@code connections.toml}, the file that all Snowflake clients share.
   * The driver reads it from the directory that the environment variable {@code SNOWFLAKE_HOME}
   * names, else from {@code ~/.snowflake}.
   *
   * @param connectionName the name of the section, for example {@code default}
   * @throws SnowflakeException when there is no such file or section, or the login fails
   */
  public static Snowflake connect(String connectionName) {
    ConnectionsFile file = ConnectionsFile.ofDriver();
    String target = "the Snowflake connection '" + connectionName + "' of " + file;
    String problem = file.problemWith(connectionName);
    if (problem != null) {
      throw SnowflakeException.connecting(target, problem, null);
    }
    String url =
        "jdbc:snowflake:auto?connectionName="
            + URLEncoder.encode(connectionName, StandardCharsets.UTF_8);
    return connect(url, new Properties(), file.keysOf(connectionName), target);
  }

  /**
   * Connects to the account of a configuration.
   *
   * @throws SnowflakeException when the login fails
   */
  public static Snowflake connect(SnowflakeConfig config) {
    return connect(
        config.jdbcUrl(), config.connectionProperties(), ImmutableSet.of(), config.toString());
  }

  /**
   * Connects to an endpoint, for example an embedded Snowflake.
   *
   * @throws SnowflakeException when the login fails
   */
  public static Snowflake connect(SnowflakeEndpoint endpoint) {
    return connect(
        endpoint.jdbcUrl(), endpoint.connectionProperties(), ImmutableSet.of(), endpoint.jdbcUrl());
  }

  private static Snowflake connect(
      String url, Properties properties, Set<String> elsewhere, String target) {
    return new Snowflake(new JdbcSession(Driver.open(url, properties, elsewhere, target)), target);
  }

  /**
   * Returns a stage, whether it exists or not.
   *
   * @param name its name, for example {@code T5_P_MODEL} or {@code ML.PUBLIC.T5_P_MODEL}
   */
  public Stage stage(String name) {
    return Stage.of(session, ObjectName.parse(name));
  }

  /**
   * Returns a table or view whose rows are to be read, whether it exists or not.
   *
   * @param name its name, for example {@code ML.PUBLIC.TICKETS}
   */
  public Table table(String name) {
    return Table.of(session, ObjectName.parse(name));
  }

  /**
   * Returns a query whose rows are to be read, as pairs of texts.
   *
   * @param sql one statement with a result and an {@code ORDER BY}
   * @param binds the values of its question marks, in their order
   */
  public Selection select(String sql, @Nullable Object... binds) {
    return Selection.of(session, sql, binds);
  }

  /**
   * Begins the definition of a function.
   *
   * @param name its name, for example {@code ML.PUBLIC.SUMMARIZE}
   */
  public FunctionDefinition function(String name) {
    return FunctionDefinition.in(session, ObjectName.parse(name));
  }

  /**
   * Returns a function of one VARCHAR argument that exists already.
   *
   * @param name its name
   */
  public ScalarFunction<String, String> textFunction(String name) {
    return UserFunction.of(session, ObjectName.parse(name), ImmutableList.of("VARCHAR"))
        .as(String.class, String.class);
  }

  /**
   * Begins the deployment of a registered model as a function.
   *
   * @param version the model with its score function
   */
  public DeploymentRequest deploy(ModelVersion version) {
    return DeploymentRequest.of(session, version);
  }

  /**
   * {@inheritDoc}
   *
   * @throws SnowflakeException when Snowflake refuses the statement
   */
  @Override
  public List<Row> query(String sql, @Nullable Object... binds) {
    return session.query(sql, binds);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The driver fetches the rows in portions, a few ahead.
   *
   * @throws SnowflakeException when Snowflake refuses the statement; the stream throws it when the
   *     connection is lost later
   */
  @Override
  public Stream<Row> stream(String sql, @Nullable Object... binds) {
    return session.stream(sql, binds);
  }

  /**
   * {@inheritDoc}
   *
   * @throws SnowflakeException when Snowflake refuses the statement
   */
  @Override
  public long execute(String sql, @Nullable Object... binds) {
    return session.execute(sql, binds);
  }

  /** Logs out; a second call does nothing. */
  @Override
  public void close() {
    session.close();
  }

  /** Returns what this is connected to, without secrets. */
  @Override
  public String toString() {
    return "Snowflake[" + target + "]";
  }
}
