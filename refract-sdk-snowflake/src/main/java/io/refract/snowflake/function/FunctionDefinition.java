package io.refract.snowflake.function;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.Literal;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StageLocation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user-defined function that is being written down; {@link #createOrReplace()} creates it.
 *
 * <pre>{@code
 * snowflake.function("ML.PUBLIC.SHOUT")
 *     .argument("text", "VARCHAR").returns("VARCHAR")
 *     .python("def shout(text):\n  return None if text is None else text.upper()\n")
 *     .handler("shout")
 *     .createOrReplace();
 * }</pre>
 *
 * <p>Runtime version and artifact repository are always part of the statement, because their
 * defaults differ between accounts. Not thread-safe.
 */
public final class FunctionDefinition {

  private static final String PYTHON_RUNTIME = "3.12";
  private static final String JAVA_RUNTIME = "17";
  private static final Pattern RUNTIME = Pattern.compile("[0-9]{1,2}(\\.[0-9]{1,2})?");
  private static final Pattern HANDLER =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_$]*)*");
  private static final Pattern PACKAGE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9._,<>=!~*:\\[\\] -]*");

  private final @Nullable SqlSession session;
  private final ObjectName name;
  private final Map<Identifier, SqlType> arguments = new LinkedHashMap<>();
  private final List<StageLocation> imports = new ArrayList<>();
  private final List<String> packages = new ArrayList<>();
  private @Nullable SqlType returns;
  private @Nullable Language language;
  private @Nullable String body;
  private @Nullable String runtimeVersion;
  private @Nullable String handler;
  private @Nullable String comment;
  private ArtifactRepository repository = ArtifactRepository.PYPI;
  private boolean immutable;
  private boolean secure;
  private boolean strict;
  private boolean temporary;

  private enum Language {
    PYTHON,
    JAVA
  }

  private FunctionDefinition(@Nullable SqlSession session, ObjectName name) {
    this.session = session;
    this.name = name;
  }

  /** Begins the definition of a function that will be created in a session. */
  public static FunctionDefinition in(SqlSession session, ObjectName name) {
    return new FunctionDefinition(session, name);
  }

  /** Begins a definition of which only {@link #sql()} is wanted. */
  public static FunctionDefinition textOf(ObjectName name) {
    return new FunctionDefinition(null, name);
  }

  /**
   * Adds an argument.
   *
   * @param argument its name; unquoted names become upper case
   * @param type its data type, for example {@code VARCHAR}
   */
  public FunctionDefinition argument(String argument, String type) {
    Identifier identifier = Identifier.parse(argument);
    checkArgument(
        arguments.put(identifier, new SqlType(type)) == null,
        "the argument %s is there twice",
        identifier);
    return this;
  }

  /** Sets the data type of the result, for example {@code VARCHAR}. */
  public FunctionDefinition returns(String type) {
    returns = new SqlType(type);
    return this;
  }

  /**
   * Makes it a Python function whose program is part of the statement.
   *
   * @param source the program; {@link #handler(String)} names a function in it
   */
  public FunctionDefinition python(String source) {
    checkArgument(!source.isBlank(), "the Python source is empty");
    return language(Language.PYTHON, source);
  }

  /**
   * Makes it a Python function whose program is a file on a stage, which is imported.
   *
   * @param module the file, for example {@code @LLM/handler.py}; {@link #handler(String)} is then
   *     {@code handler.FUNCTION}
   */
  public FunctionDefinition stagedPython(String module) {
    checkArgument(
        module.endsWith(".py") || module.endsWith(".zip"),
        "a staged Python module ends in .py or .zip but was '%s'",
        module);
    return language(Language.PYTHON, null).addImport(module);
  }

  /**
   * Makes it a Java function whose program is part of the statement.
   *
   * @param source one source file; {@link #handler(String)} is {@code Class.method}
   */
  public FunctionDefinition java(String source) {
    checkArgument(!source.isBlank(), "the Java source is empty");
    return language(Language.JAVA, source);
  }

  /**
   * Makes it a Java function whose classes are in a jar on a stage, which is imported.
   *
   * @param jar the file, for example {@code @LLM/scorer.jar}; {@link #handler(String)} is {@code
   *     package.Class.method}
   */
  public FunctionDefinition stagedJava(String jar) {
    checkArgument(jar.endsWith(".jar"), "a staged jar ends in .jar but was '%s'", jar);
    return language(Language.JAVA, null).addImport(jar);
  }

  private FunctionDefinition language(Language value, @Nullable String source) {
    checkState(language == null, "the program of %s is set twice", name);
    language = value;
    body = source;
    return this;
  }

  /**
   * Adds a file that the function can read from its import directory, or a module or jar that it
   * uses.
   *
   * @param location the file, for example {@code @T5_P_MODEL/config.json}
   * @throws IllegalArgumentException when another import has the same file name: Snowflake puts all
   *     imports into one directory
   */
  public FunctionDefinition addImport(String location) {
    return addImport(StageLocation.parse(location));
  }

  /** Adds an import, see {@link #addImport(String)}. */
  public FunctionDefinition addImport(StageLocation location) {
    checkArgument(!location.fileName().isEmpty(), "an import must be a file but was %s", location);
    for (StageLocation other : imports) {
      checkArgument(
          !other.fileName().equals(location.fileName()) || other.equals(location),
          "%s and %s have the same file name, and all imports lie in one directory; rename one",
          other,
          location);
    }
    if (!imports.contains(location)) {
      imports.add(location);
    }
    return this;
  }

  /**
   * Adds packages: for Python {@code pandas==2.3.3}, for Java {@code domain:package:version}.
   *
   * @param values the packages, best with exact versions
   */
  public FunctionDefinition packages(String... values) {
    for (String value : values) {
      checkArgument(
          PACKAGE.matcher(value).matches(),
          "a package looks like pandas==2.3.3 but was '%s'",
          value);
      packages.add(value);
    }
    return this;
  }

  /** Sets where Python packages come from; default {@link ArtifactRepository#PYPI}. */
  public FunctionDefinition artifactRepository(ArtifactRepository value) {
    repository = value;
    return this;
  }

  /** Sets the version of Python or Java; default Python 3.12, Java 17. */
  public FunctionDefinition runtimeVersion(String value) {
    checkArgument(
        RUNTIME.matcher(value).matches(),
        "a runtime version looks like 3.12 or 17 but was '%s'",
        value);
    runtimeVersion = value;
    return this;
  }

  /** Sets what is called: {@code function}, {@code module.function} or {@code Class.method}. */
  public FunctionDefinition handler(String value) {
    checkArgument(
        HANDLER.matcher(value).matches(),
        "a handler looks like function, module.function or package.Class.method but was '%s'",
        value);
    handler = value;
    return this;
  }

  /** Sets the comment that SHOW and DESCRIBE show. */
  public FunctionDefinition comment(String value) {
    comment = value;
    return this;
  }

  /** Promises that equal arguments give equal results, which lets Snowflake reuse them. */
  public FunctionDefinition immutable() {
    immutable = true;
    return this;
  }

  /** Hides the definition from those who may only call the function. */
  public FunctionDefinition secure() {
    secure = true;
    return this;
  }

  /** Makes it a function that only this session sees, and that ends with it. */
  public FunctionDefinition temporary() {
    temporary = true;
    return this;
  }

  /** Lets Snowflake answer NULL by itself when an argument is NULL. */
  public FunctionDefinition nullOnNullInput() {
    strict = true;
    return this;
  }

  /**
   * Returns the statement.
   *
   * @throws IllegalStateException when the program, the handler or the result type is missing
   */
  public String sql() {
    checkState(language != null, "no program: call python, stagedPython, java or stagedJava");
    checkState(handler != null, "no handler: call handler(...)");
    checkState(returns != null, "no result type: call returns(...)");
    StringBuilder sql = new StringBuilder("CREATE OR REPLACE ");
    sql.append(temporary ? "TEMPORARY " : "");
    sql.append(secure ? "SECURE FUNCTION " : "FUNCTION ").append(name.sql()).append('(');
    String separator = "";
    for (Map.Entry<Identifier, SqlType> argument : arguments.entrySet()) {
      sql.append(separator).append(argument.getKey().sql()).append(' ');
      sql.append(argument.getValue().sql());
      separator = ", ";
    }
    // Nobody has grants on what only one session sees.
    sql.append(temporary ? ")\n  RETURNS " : ")\n  COPY GRANTS\n  RETURNS ").append(returns.sql());
    line(sql, "LANGUAGE " + language);
    line(sql, strict ? "RETURNS NULL ON NULL INPUT" : "CALLED ON NULL INPUT");
    line(sql, immutable ? "IMMUTABLE" : "VOLATILE");
    line(sql, "RUNTIME_VERSION = " + Literal.of(runtime(language)));
    if (comment != null) {
      line(sql, "COMMENT = " + Literal.of(comment));
    }
    if (!imports.isEmpty()) {
      line(sql, "IMPORTS = " + Literal.list(imports.stream().map(Object::toString).toList()));
    }
    if (!packages.isEmpty()) {
      line(sql, "PACKAGES = " + Literal.list(packages));
    }
    if (language == Language.PYTHON) {
      line(sql, "ARTIFACT_REPOSITORY = " + repository.name().sql());
    }
    line(sql, "HANDLER = " + Literal.of(handler));
    if (body != null) {
      sql.append("\nAS ").append(Literal.body(body.endsWith("\n") ? "\n" + body : body));
    }
    return sql.toString();
  }

  private String runtime(Language of) {
    if (runtimeVersion != null) {
      return runtimeVersion;
    }
    return of == Language.PYTHON ? PYTHON_RUNTIME : JAVA_RUNTIME;
  }

  private static void line(StringBuilder sql, String clause) {
    sql.append("\n  ").append(clause);
  }

  /**
   * Creates the function, or replaces the one of the same name and argument types; grants on it
   * stay. Snowflake replaces atomically: running queries keep the old one.
   */
  public UserFunction createOrReplace() {
    checkState(session != null, "this definition has no session, only sql()");
    session.execute(sql());
    return UserFunction.of(session, name, argumentTypes());
  }

  /** Returns the types of the arguments, in their order. */
  public List<String> argumentTypes() {
    return arguments.values().stream().map(SqlType::sql).collect(ImmutableList.toImmutableList());
  }

  /** Returns the name and the argument types. */
  @Override
  public String toString() {
    return name.sql() + argumentTypes();
  }
}
