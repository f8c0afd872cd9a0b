package io.refract.snowflake.embedded.engine;

/** The handlers that every engine has. */
final class BuiltInHandlers {

  private BuiltInHandlers() {}

  static void addTo(Engine engine, QueryRunner queries) {
    engine.addHandler(new TransactionStatements());
    engine.addHandler(new VariableStatements(queries));
    engine.addHandler(new ResultScan());
    engine.addHandler(new UseStatements());
    engine.addHandler(new SessionStatements());
    engine.addHandler(new NamespaceStatements());
    engine.addHandler(new AccessStatements());
  }
}
