package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.TokenStream;

/** What CREATE does when the object exists. */
public enum CreateMode {
  /** Fails. */
  CREATE,
  /** Replaces it. */
  OR_REPLACE,
  /** Leaves it. */
  IF_NOT_EXISTS;

  /** Reads {@code OR REPLACE} behind CREATE when it is there. */
  public static CreateMode orReplace(TokenStream in) {
    return in.accept("OR", "REPLACE") ? OR_REPLACE : CREATE;
  }

  /** Reads {@code IF NOT EXISTS} behind the kind of object when it is there. */
  public CreateMode ifNotExists(TokenStream in) {
    if (!in.at("IF", "NOT", "EXISTS")) {
      return this;
    }
    if (this == OR_REPLACE) {
      throw in.unexpected();
    }
    in.expect("IF", "NOT", "EXISTS");
    return IF_NOT_EXISTS;
  }
}
