package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.FunctionResolver;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.stage.Stages;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The user-defined functions of an engine: installs them in DuckDB and finds them for queries.
 *
 * <p>The catalog is the truth. A function's code runs under a name of its own in DuckDB, which is
 * never used again; a macro with the function's Snowflake name calls it. So CREATE OR REPLACE
 * leaves running queries alone.
 */
public final class Functions implements FunctionResolver, AutoCloseable {

  /** The attribute of a function with the name under which DuckDB calls its code. */
  private static final String DUCKDB_NAME = "duckdb_name";

  private final Engine engine;
  private final HandlerFactory handlers;
  private final SqlBodies bodies = new SqlBodies();
  private final Map<String, InstalledFunction> installed = new ConcurrentHashMap<>();

  private Functions(Engine engine, Stages stages, Map<String, String> environment) {
    this.engine = engine;
    this.handlers = new HandlerFactory(engine, stages, environment);
  }

  /**
   * Adds user-defined functions to an engine, those of an earlier run included.
   *
   * @param environment the process environment
   */
  public static void addTo(Engine engine, Stages stages, Map<String, String> environment)
      throws SQLException {
    Functions functions = new Functions(engine, stages, environment);
    engine.closeWithEngine(functions);
    engine.onDropped(functions::discard);
    engine.addHandler(new FunctionStatements(engine, functions));
    engine.addFunctions(functions);
    try (Session session = engine.openSession("SYSTEM")) {
      for (CatalogObject object : engine.catalog().list(session, ObjectKind.FUNCTION, null, null)) {
        Definition definition = Definition.fromAttributes(object.name(), object.attributes());
        if (definition.options().language() != Language.SQL) {
          functions.register(definition, object.attribute(DUCKDB_NAME), null);
        }
      }
    }
  }

  /**
   * Makes the code of a function and gives DuckDB a name for it.
   *
   * @return what the catalog keeps
   * @throws SqlError when the code is wrong
   */
  CatalogObject prepare(Definition definition, boolean temporary, Session session)
      throws SQLException {
    String name = "__udf_" + UUID.randomUUID().toString().replace("-", "");
    if (definition.options().language() != Language.SQL) {
      Handler handler = handlers.create(definition, session);
      boolean registered = false;
      try {
        register(definition, name, handler);
        registered = true;
      } finally {
        if (!registered) {
          handler.close();
        }
      }
    }
    Map<String, String> attributes = definition.toAttributes();
    attributes.put(DUCKDB_NAME, name);
    return CatalogObject.create(
        ObjectKind.FUNCTION, definition.name(), definition.types(), temporary, session, attributes);
  }

  /** Ends the code of a function that the catalog no longer has; other objects have none. */
  void discard(CatalogObject object) {
    InstalledFunction function = installed.remove(object.attribute(DUCKDB_NAME));
    if (function != null) {
      function.close();
    }
  }

  /** Makes the macro of a function's name agree with the catalog; in the open transaction. */
  void updateMacro(QualifiedName.Full name, boolean temporary, Session session)
      throws SQLException {
    List<Macros.Overload> overloads = new ArrayList<>();
    for (CatalogObject object : engine.catalog().overloads(session, ObjectKind.FUNCTION, name)) {
      if (object.temporary() == temporary) {
        Definition definition = Definition.fromAttributes(name, object.attributes());
        String duckDbName = object.attribute(DUCKDB_NAME);
        if (definition.options().language() == Language.SQL) {
          session.update(bodies.create(definition, duckDbName, session));
        }
        overloads.add(
            new Macros.Overload(
                definition,
                duckDbName,
                bodies.values(definition),
                bodies.defaults(definition, session)));
      }
    }
    String macro = macro(name, temporary, session);
    session.update(
        overloads.isEmpty() ? "DROP MACRO IF EXISTS " + macro : Macros.create(macro, overloads));
  }

  @Override
  public Optional<String> scalar(Session session, QualifiedName name, int arguments)
      throws SQLException {
    return find(session, name, arguments)
        .map(object -> macro(object.name(), object.temporary(), session));
  }

  /** There are none: CREATE FUNCTION refuses them by name. */
  @Override
  public Optional<String> table(Session session, QualifiedName name, List<String> arguments) {
    return Optional.empty();
  }

  /** Returns the words to add to the answer of CREATE FUNCTION, or null. */
  @Nullable String remark(Definition definition) {
    String python = handlers.differentPython(definition);
    return python == null
        ? null
        : "It runs with Python "
            + python
            + " of this machine, not with "
            + definition.options().runtimeVersion()
            + ".";
  }

  @Override
  public void close() {
    installed.values().forEach(InstalledFunction::close);
    installed.clear();
  }

  private void register(Definition definition, String name, @Nullable Handler handler)
      throws SQLException {
    InstalledFunction function =
        new InstalledFunction(
            definition,
            handler,
            () -> {
              try (Session session = engine.openSession("SYSTEM")) {
                return handlers.create(definition, session);
              }
            });
    synchronized (engine.root()) {
      function.register(engine.root(), name);
    }
    installed.put(name, function);
  }

  private Optional<CatalogObject> find(Session session, QualifiedName name, int arguments)
      throws SQLException {
    if ((name.database() == null && session.database() == null)
        || (name.schema() == null && session.schema() == null)) {
      return Optional.empty();
    }
    List<CatalogObject> overloads =
        engine.catalog().overloads(session, ObjectKind.FUNCTION, session.resolve(name));
    if (overloads.isEmpty()) {
      return Optional.empty();
    }
    for (CatalogObject object : overloads) {
      if (arguments >= Integer.parseInt(object.attribute("min_arguments"))
          && arguments <= Integer.parseInt(object.attribute("max_arguments"))) {
        return Optional.of(object);
      }
    }
    throw SqlError.argumentCount(
        name.sql(),
        overloads.stream()
            .map(object -> object.attribute("max_arguments"))
            .collect(Collectors.joining(" or ")),
        arguments);
  }

  private static String macro(QualifiedName.Full name, boolean temporary, Session session) {
    // A temporary function is seen by its session only: its macro has a name of its own.
    return temporary
        ? Identifier.quote(name.duckDbSchema())
            + "."
            + Identifier.quote(name.name().name() + "~" + session.id())
        : name.duckDb();
  }
}
