package io.refract.snowflake.embedded.engine;

/** The handlers that every engine has. */
final class BuiltInHandlers {

  private BuiltInHandlers() {}

  static void addTo(Engine engine) {
    engine.addHandler(new TransactionStatements());
    engine.addHandler(new UseStatements());
    engine.addHandler(new SessionStatements());
    engine.addHandler(new NamespaceStatements());
    engine.addHandler(new AccessStatements());
  }
}
