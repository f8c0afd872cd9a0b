package io.refract.snowflake.deploy;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.refract.RefractException;
import io.refract.progress.ProgressListener;
import io.refract.snowflake.function.FunctionDefinition;
import io.refract.snowflake.function.ScalarFunction;
import io.refract.snowflake.function.UserFunction;
import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.Literal;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StatementFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A planned deployment: everything that will be sent, before anything is sent.
 *
 * <p>{@link #apply()} can be repeated, also after it was killed: directories that are complete on
 * their stages are left alone, others are sent again, and the function comes last, once the same
 * function under another name has shown that it works: a live function never sees half an upload,
 * and never gives way to one that fails.
 *
 * <p>Immutable; several threads may use it, one applies at a time.
 */
public final class Deployment {

  private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

  private static final String CURRENT_SCHEMA =
      "SELECT CURRENT_DATABASE() AS DATABASE_NAME, CURRENT_SCHEMA() AS SCHEMA_NAME";

  /** SQLState of Snowflake's error 3001, "Insufficient privileges". */
  private static final String NOT_ALLOWED = "42501";

  private final SqlSession session;
  private final DeploymentTarget target;
  private final List<StageDirectory> directories;
  private final ObjectName trial;
  private final String trialSql;
  private final String functionSql;
  private final Runnable verification;
  private final Path workspace;

  Deployment(
      SqlSession session,
      DeploymentTarget target,
      List<StageDirectory> directories,
      Function<ObjectName, FunctionDefinition> definition,
      Runnable verification,
      Path workspace) {
    this.session = session;
    this.target = target;
    this.directories = ImmutableList.copyOf(directories);
    this.functionSql = definition.apply(target.function()).sql();
    this.trial = target.trial(functionSql);
    this.trialSql = definition.apply(trial).temporary().sql();
    this.verification = verification;
    this.workspace = workspace;
  }

  /** Returns the name of the function. */
  public ObjectName function() {
    return target.function();
  }

  /**
   * Returns every statement in the order in which it is sent, with its purpose. Uploads are left
   * out when their directory is complete already.
   */
  public List<PlannedStatement> plannedStatements() {
    ImmutableList.Builder<PlannedStatement> all = ImmutableList.builder();
    List<String> schemas = target.createSchemas();
    if (!schemas.isEmpty()) {
      all.add(
          new PlannedStatement(
              "Creating a schema makes it the current one; USE SCHEMA then returns to this",
              CURRENT_SCHEMA));
    }
    schemas.forEach(sql -> all.add(new PlannedStatement("The schema", sql)));
    target.createStages().forEach(sql -> all.add(new PlannedStatement("The stage", sql)));
    directories.forEach(directory -> all.addAll(directory.statements(target.parallel())));
    all.add(
        new PlannedStatement(
            "The function under another name and for this session only, to try it", trialSql));
    all.add(new PlannedStatement("Does it work?", smokeTestSql()));
    all.add(new PlannedStatement("It was only a trial", dropTrialSql()));
    all.add(new PlannedStatement("The function", functionSql));
    return all.build();
  }

  /** Returns every statement in the order in which it is sent, see {@link #plannedStatements()}. */
  public List<String> statements() {
    return plannedStatements().stream()
        .map(PlannedStatement::sql)
        .collect(ImmutableList.toImmutableList());
  }

  /** Returns all statements as a script with comments, to be read before it is applied. */
  public String sql() {
    return plannedStatements().stream()
        .map(planned -> "-- " + planned.purpose() + "\n" + planned.sql() + ";\n")
        .collect(joining("\n"));
  }

  /** Applies the plan without telling anyone of its progress. */
  public ScalarFunction<String, String> apply() {
    return apply(ProgressListener.none());
  }

  /**
   * Applies the plan: verifies the version's files against its hash manifest, creates schema and
   * stages when missing, uploads what is not there yet, creates the function under another name,
   * calls that once with a text and with NULL, drops it, and creates or replaces the function.
   *
   * @param progress hears of the bytes that were uploaded
   * @return the function
   * @throws DeploymentException when a file did not arrive, or the function does not work; then a
   *     function of that name stays as it was
   */
  public synchronized ScalarFunction<String, String> apply(ProgressListener progress) {
    verification.run();
    createSchemas();
    target.createStages().forEach(this::createUnlessForbidden);
    upload(progress);
    tryOut();
    session.execute(functionSql);
    return UserFunction.of(session, function(), ImmutableList.of(DeploymentTarget.TEXT))
        .as(String.class, String.class);
  }

  private void createSchemas() {
    List<String> schemas = target.createSchemas();
    if (schemas.isEmpty()) {
      return;
    }
    Row before = session.query(CURRENT_SCHEMA).get(0);
    try {
      schemas.forEach(this::createUnlessForbidden);
    } catch (RuntimeException e) {
      alsoAfter(e, () -> useSchema(before));
      throw e;
    }
    useSchema(before);
  }

  private void useSchema(Row before) {
    String database = before.text("DATABASE_NAME");
    String schema = before.text("SCHEMA_NAME");
    if (database != null && schema != null) {
      ObjectName current =
          new ObjectName(ImmutableList.of(new Identifier(database), new Identifier(schema)));
      session.execute("USE SCHEMA " + current.sql());
    }
  }

  /** Runs what has to be done after a failure, too, and lets no other failure hide that one. */
  private static void alsoAfter(RuntimeException failure, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Runs a CREATE IF NOT EXISTS. Snowflake demands the privilege to create even when the object
   * exists; when it does not exist either, the statements that need it will say so.
   */
  private void createUnlessForbidden(String sql) {
    try {
      session.execute(sql);
    } catch (RefractException e) {
      if (!(e instanceof StatementFailure failure && failure.sqlState().equals(NOT_ALLOWED))) {
        throw e;
      }
      LOG.info("The role may not run \"{}\"; going on as if the object existed", sql);
    }
  }

  private void upload(ProgressListener progress) {
    try {
      Files.createDirectory(workspace);
      try {
        long total = directories.stream().mapToLong(StageDirectory::size).sum();
        StageDirectory.Meter meter =
            new StageDirectory.Meter("deploy " + function(), total, progress);
        for (StageDirectory directory : directories) {
          directory.upload(session, target.parallel(), meter);
        }
      } finally {
        MoreFiles.deleteRecursively(workspace, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      throw new DeploymentException(
          "Could not deploy %s: local files cannot be prepared under %s (%s). The function was not"
                  .formatted(function(), workspace, e)
              + " touched; deploy again.",
          e);
    }
  }

  private void tryOut() {
    session.execute(trialSql);
    try {
      smokeTest();
    } catch (RuntimeException e) {
      alsoAfter(e, () -> session.execute(dropTrialSql()));
      throw e;
    }
    session.execute(dropTrialSql());
  }

  private String dropTrialSql() {
    return "DROP FUNCTION IF EXISTS %s(%s)".formatted(trial.sql(), DeploymentTarget.TEXT);
  }

  private String smokeTestSql() {
    String name = trial.sql();
    return "SELECT %s(%s) AS OUTPUT, %s(NULL::%s) AS NOTHING"
        .formatted(name, Literal.of(target.smokeTest()), name, DeploymentTarget.TEXT);
  }

  private void smokeTest() {
    Row row;
    try {
      row = session.query(smokeTestSql()).get(0);
    } catch (RefractException e) {
      throw new DeploymentException(
          "%s was not touched, because the new version of it fails when it is called: %s"
              .formatted(function(), e.getMessage()),
          e);
    }
    if (row.value("OUTPUT") == null || row.value("NOTHING") != null) {
      throw new DeploymentException(
          "%s was not touched, because the new version of it does not work: it makes %s of %s and %s"
                  .formatted(
                      function(),
                      row.text("OUTPUT"),
                      Literal.of(target.smokeTest()),
                      row.text("NOTHING"))
              + " of NULL. Look for 'refract' in the account's event table, then deploy again.",
          null);
    }
  }

  /** Returns what would be deployed where. */
  @Override
  public String toString() {
    long bytes = directories.stream().mapToLong(StageDirectory::size).sum();
    int files = directories.stream().mapToInt(StageDirectory::fileCount).sum();
    return "Deployment[%s as %s(%s): %d files, %d bytes, to %s; sql() shows all]"
        .formatted(target.model(), function(), DeploymentTarget.TEXT, files, bytes, directories);
  }
}
