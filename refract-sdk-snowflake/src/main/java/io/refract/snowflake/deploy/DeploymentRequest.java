package io.refract.snowflake.deploy;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.refract.registry.ModelVersion;
import io.refract.scoring.Decoding;
import io.refract.snowflake.function.FunctionDefinition;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StageLocation;
import io.refract.snowflake.stage.StageStatements;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A deployment that is being described; {@link #plan()} shows what it would do.
 *
 * <pre>{@code
 * Deployment plan = snowflake.deploy(version).asFunction("ML.PUBLIC.SUMMARIZE")
 *     .modelStage("T5_P_MODEL").tokenizerStage("T5_P_TOKENIZER").functionStage("LLM")
 *     .plan();
 * System.out.println(plan.sql());
 * ScalarFunction<String, String> summarize = plan.apply();
 * }</pre>
 *
 * <p>Names of stages without schema mean the schema of the function. Not thread-safe.
 */
public final class DeploymentRequest {

  private final SqlSession session;
  private final ModelFiles model;
  private @Nullable ObjectName function;
  private ObjectName modelStage = ObjectName.parse("T5_P_MODEL");
  private ObjectName tokenizerStage = ObjectName.parse("T5_P_TOKENIZER");
  private ObjectName functionStage = ObjectName.parse("LLM");
  private PackagePreset packages = PackagePreset.PYPI;
  private int batchSize = 64;
  private int threads = 1;
  private int parallel = 8;
  private boolean secure;
  private String smokeTest = "The quick brown fox jumps over the lazy dog.";

  private DeploymentRequest(SqlSession session, ModelFiles model) {
    this.session = session;
    this.model = model;
  }

  /**
   * Begins the deployment of a registered model.
   *
   * @throws DeploymentException when the version cannot be deployed as a SQL function
   */
  public static DeploymentRequest of(SqlSession session, ModelVersion version) {
    return of(session, ModelFiles.of(version));
  }

  static DeploymentRequest of(SqlSession session, ModelFiles model) {
    return new DeploymentRequest(session, model);
  }

  /**
   * Sets the function, which takes one VARCHAR and returns a VARCHAR. Required.
   *
   * @param name its name, best with database and schema, for example {@code ML.PUBLIC.SUMMARIZE}
   */
  public DeploymentRequest asFunction(String name) {
    function = ObjectName.parse(name);
    return this;
  }

  /** Sets the stage of configuration and weights; default {@code T5_P_MODEL}. */
  public DeploymentRequest modelStage(String name) {
    modelStage = ObjectName.parse(name);
    return this;
  }

  /** Sets the stage of the tokenizer's files; default {@code T5_P_TOKENIZER}. */
  public DeploymentRequest tokenizerStage(String name) {
    tokenizerStage = ObjectName.parse(name);
    return this;
  }

  /** Sets the stage of the generated program; default {@code LLM}. */
  public DeploymentRequest functionStage(String name) {
    functionStage = ObjectName.parse(name);
    return this;
  }

  /** Sets Python version and packages; default {@link PackagePreset#PYPI}. */
  public DeploymentRequest packages(PackagePreset value) {
    packages = value;
    return this;
  }

  /** Sets the Python version, when the preset's is not wanted. */
  public DeploymentRequest runtimeVersion(String value) {
    packages = packages.withRuntimeVersion(value);
    return this;
  }

  /**
   * Sets how many rows Snowflake gives to one call at most, for which it allows 180 seconds;
   * default 64. Inside a call the rows go through the model in the batch size of the registered
   * score function.
   */
  public DeploymentRequest batchSize(int rows) {
    checkArgument(rows >= 1, "the batch size must be at least 1 but was %s", rows);
    batchSize = rows;
    return this;
  }

  /**
   * Sets how many threads one Python process computes with; default 1, because Snowflake runs one
   * process per core.
   */
  public DeploymentRequest threads(int value) {
    checkArgument(value >= 1, "the number of threads must be at least 1 but was %s", value);
    threads = value;
    return this;
  }

  /** Sets how many parts of a file are uploaded at once, 1 to 99; default 8. */
  public DeploymentRequest parallel(int value) {
    checkArgument(value >= 1 && value <= 99, "parallel must be from 1 to 99 but was %s", value);
    parallel = value;
    return this;
  }

  /** Hides the function's definition from those who may only call it. */
  public DeploymentRequest secure() {
    secure = true;
    return this;
  }

  /** Sets the text that the new function is tried with; default: a sentence in English. */
  public DeploymentRequest smokeTest(String text) {
    checkArgument(!text.isBlank(), "the text of the smoke test must not be blank");
    smokeTest = text;
    return this;
  }

  /**
   * Returns the plan. Nothing is sent to Snowflake and no file is written.
   *
   * @throws IllegalStateException when the function has no name
   * @throws DeploymentException when the version cannot be deployed as a SQL function
   */
  public Deployment plan() {
    checkState(function != null, "no function: call asFunction(\"ML.PUBLIC.SUMMARIZE\")");
    // Made by apply(), and unique, so that nobody else can have prepared it.
    Path workspace =
        Path.of(System.getProperty("java.io.tmpdir"), "refract-deploy-" + UUID.randomUUID())
            .toAbsolutePath();
    checkState(
        StageStatements.canName(workspace),
        "the directory for temporary files must not have quotes or wildcards in its path, but is %s;"
            + " set the system property java.io.tmpdir to another",
        workspace.getParent());
    return plan(function, workspace);
  }

  Deployment plan(ObjectName name, Path workspace) {
    DeploymentTarget target =
        new DeploymentTarget(
            model.toString(),
            name,
            modelStage.besides(name),
            tokenizerStage.besides(name),
            functionStage.besides(name),
            parallel,
            smokeTest);
    Decoding decoding = PythonDecoding.of(model, model.generationConfig(), packages.packages());
    PythonHandler handler = PythonHandler.of(model.function(), decoding, batchSize, threads);
    List<StageDirectory> directories =
        ImmutableList.of(
            directory(target.modelStage(), model.model(), workspace.resolve("model")),
            directory(target.tokenizerStage(), model.tokenizer(), workspace.resolve("tokenizer")),
            handlerDirectory(target.functionStage(), handler, workspace.resolve("function")));
    return new Deployment(
        session,
        target,
        directories,
        named -> definition(named, directories, handler),
        model.verification(),
        workspace);
  }

  private StageDirectory directory(
      ObjectName stage, List<ModelFiles.Entry> entries, Path workspace) {
    List<UploadFile> files =
        entries.stream()
            .map(
                entry ->
                    StageStatements.canName(entry.path())
                        ? new UploadFile(
                            entry.name(), entry.size(), entry.sha256(), entry.path(), null, null)
                        : new UploadFile(
                            entry.name(),
                            entry.size(),
                            entry.sha256(),
                            workspace.resolve(entry.name()),
                            entry.path(),
                            null))
            .toList();
    return StageDirectory.of(stage, model.name(), model.version(), files, workspace);
  }

  private StageDirectory handlerDirectory(ObjectName stage, PythonHandler handler, Path workspace) {
    String name = handler.module() + ".py";
    UploadFile file =
        new UploadFile(
            name,
            handler.source().getBytes(StandardCharsets.UTF_8).length,
            handler.sha256(),
            workspace.resolve(name),
            null,
            handler.source());
    return StageDirectory.of(
        stage, model.name(), model.version(), ImmutableList.of(file), workspace);
  }

  private FunctionDefinition definition(
      ObjectName name, List<StageDirectory> directories, PythonHandler handler) {
    FunctionDefinition definition =
        FunctionDefinition.textOf(name)
            .argument("TEXT", DeploymentTarget.TEXT)
            .returns(DeploymentTarget.TEXT)
            .stagedPython(handlerLocation(directories).toString())
            .immutable()
            .runtimeVersion(packages.runtimeVersion())
            .artifactRepository(packages.repository())
            .packages(packages.packages().toArray(String[]::new))
            .handler(handler.entryPoint())
            .comment("Refract SDK: " + model + ", content sha256 " + digest(directories));
    directories.forEach(directory -> directory.locations().forEach(definition::addImport));
    return secure ? definition.secure() : definition;
  }

  private static StageLocation handlerLocation(List<StageDirectory> directories) {
    return directories.get(directories.size() - 1).locations().get(0);
  }

  /** Returns the digest of all files that the function imports. */
  private static String digest(List<StageDirectory> directories) {
    StringBuilder all = new StringBuilder();
    directories.forEach(directory -> all.append(directory.sha256()).append('\n'));
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }
}
