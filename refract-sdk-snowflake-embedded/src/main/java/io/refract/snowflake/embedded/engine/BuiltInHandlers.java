package io.refract.snowflake.embedded.engine;

/** The handlers that every engine has. */
final class BuiltInHandlers {

  private BuiltInHandlers() {}

  static void addTo(Engine engine) {
    engine.addHandler(new TransactionStatements());
  }
}
