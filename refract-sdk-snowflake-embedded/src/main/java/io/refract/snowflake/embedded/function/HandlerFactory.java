package io.refract.snowflake.embedded.function;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.stage.Stage;
import io.refract.snowflake.embedded.stage.StagePath;
import io.refract.snowflake.embedded.stage.Stages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the running code of functions in Java and Python. */
final class HandlerFactory {

  private static final Logger LOG = LoggerFactory.getLogger(HandlerFactory.class);
  private static final String WORKER = "worker.py";
  private static final String INLINE_MODULE = "_udf_code";

  private final Engine engine;
  private final Stages stages;
  private final Map<String, String> environment;

  /**
   * Makes a factory.
   *
   * @param environment the process environment, from which the Python interpreter is chosen
   */
  HandlerFactory(Engine engine, Stages stages, Map<String, String> environment) {
    this.engine = engine;
    this.stages = stages;
    this.environment = environment;
  }

  /**
   * Makes the code of a function and checks that its handler can be called.
   *
   * @throws SqlError when the source does not compile, or the handler or an import is missing
   */
  Handler create(Definition definition, Session session) throws SQLException {
    WorkDirectory.requireUniqueNames(definition.options().imports());
    WorkDirectory directory =
        WorkDirectory.create(engine.settings().temporaryDirectory().resolve("functions"));
    boolean created = false;
    try {
      for (String path : definition.options().imports()) {
        Stage.StagedFile file = find(path, session);
        directory.addImport(file.file(), file.name());
      }
      Handler handler =
          definition.options().language() == Language.JAVA
              ? java(definition, directory)
              : python(definition, directory);
      created = true;
      return new Owned(handler, directory);
    } finally {
      if (!created) {
        directory.delete();
      }
    }
  }

  /** Returns the interpreter's version when it is not the one that a function asks for. */
  @Nullable String differentPython(Definition definition) {
    if (definition.options().language() != Language.PYTHON) {
      return null;
    }
    String wanted = definition.options().runtimeVersion();
    PythonInterpreter interpreter = PythonInterpreter.find(environment, wanted);
    return interpreter.isVersion(wanted) ? null : interpreter.version();
  }

  private Stage.StagedFile find(String import_, Session session) throws SQLException {
    StagePath path = StagePath.parse(import_);
    Stage.StagedFile file = stages.find(path, session).find(path.path());
    if (file == null) {
      throw SqlError.of(
          "391540",
          "42601",
          "SQL compilation error:\nThe file " + import_ + " of IMPORTS does not exist.");
    }
    return file;
  }

  private Handler java(Definition definition, WorkDirectory directory) {
    List<Path> jars = directory.jars();
    List<Path> classes = new ArrayList<>(jars);
    String body = definition.options().body();
    if (body != null) {
      String handler = definition.requireHandler();
      int dot = handler.lastIndexOf('.');
      Path output = directory.root().resolve("classes");
      JavaSource.compile(
          dot < 0 ? handler : handler.substring(0, dot),
          body,
          Integer.parseInt(definition.options().runtimeVersion()),
          jars,
          output);
      classes.add(0, output);
    }
    return JavaHandler.load(
        definition, classes, directory.imports(), !definition.options().imports().isEmpty());
  }

  private Handler python(Definition definition, WorkDirectory directory) {
    Definition.Options options = definition.options();
    PythonInterpreter interpreter = PythonInterpreter.find(environment, options.runtimeVersion());
    if (!interpreter.isVersion(options.runtimeVersion())) {
      LOG.warn(
          "{} asks for Python {} and runs with {} ({}); name another one in {}",
          definition.signature(),
          options.runtimeVersion(),
          interpreter.version(),
          interpreter.executable(),
          PythonInterpreter.VARIABLE);
    }
    PythonPackages packages = PythonPackages.parse(options.packages(), options.repository());
    Path python = PythonEnvironments.of(environment).python(interpreter, packages);
    String handler = definition.requireHandler();
    String body = options.body();
    Path code = directory.root().resolve("code");
    if (body != null) {
      if (handler.contains(".")) {
        throw SqlError.unsupported(
            "the handler " + handler + " of a function with inline Python. Name a function");
      }
      directory.write("code/" + INLINE_MODULE + ".py", body);
      handler = INLINE_MODULE + "." + handler;
    } else if (!handler.contains(".")) {
      throw SqlError.syntax("the handler of a staged module must be written as module.function.");
    }
    Path script = directory.write(WORKER, workerSource());
    JsonObject settings = new JsonObject();
    settings.addProperty("imports", directory.imports().toString());
    settings.addProperty("code", code.toString());
    settings.addProperty("handler", handler);
    settings.addProperty("strict", options.strict());
    JsonArray arguments = new JsonArray();
    definition.argumentTypes().forEach(type -> arguments.add(type(type)));
    settings.add("arguments", arguments);
    settings.add("returns", type(definition.returns()));
    PythonWorker worker =
        new PythonWorker(definition.signature(), python, script, directory.imports(), settings);
    // Before its start: a module that never ends loading must not keep the engine from closing.
    engine.closeWithEngine(worker);
    boolean started = false;
    try {
      worker.start();
      started = true;
      return worker;
    } finally {
      if (!started) {
        engine.closedAlready(worker);
        worker.close();
      }
    }
  }

  private static JsonObject type(SnowflakeType type) {
    JsonObject json = new JsonObject();
    boolean number = type.base() == SnowflakeType.Base.NUMBER;
    String name = number ? (type.scale() == 0 ? "INTEGER" : "DECIMAL") : type.base().name();
    json.addProperty("type", name);
    if (number) {
      json.addProperty("precision", type.precision());
    }
    return json;
  }

  private static String workerSource() {
    try (InputStream in = HandlerFactory.class.getResourceAsStream(WORKER)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + WORKER + ".");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("Reading " + WORKER + " failed.", e);
    }
  }

  /** A handler that removes its directory when it is closed. */
  private final class Owned implements Handler {

    private final Handler handler;
    private final WorkDirectory directory;

    Owned(Handler handler, WorkDirectory directory) {
      this.handler = handler;
      this.directory = directory;
    }

    @Override
    public @Nullable String[] evaluate(int rows, List<@Nullable String[]> columns) {
      return handler.evaluate(rows, columns);
    }

    @Override
    public void close() {
      engine.closedAlready(handler);
      handler.close();
      directory.delete();
    }
  }
}
