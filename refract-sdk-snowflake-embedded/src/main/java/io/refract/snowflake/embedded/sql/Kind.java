package io.refract.snowflake.embedded.sql;

/** What is known about an expression's type while a statement is translated. */
enum Kind {
  /**
   * Nothing: a column of a table that the engine does not describe, a bind, a function's result.
   */
  UNKNOWN,
  /** The literal NULL. */
  NULL,
  /** An exact number. */
  NUMBER,
  /** A double. */
  FLOAT,
  /** Text. */
  TEXT,
  /** A truth value. */
  BOOLEAN,
  /** A day. */
  DATE,
  /** A time of day. */
  TIME,
  /** A timestamp without zone. */
  TIMESTAMP,
  /** A timestamp with zone. */
  TIMESTAMP_TZ,
  /** Bytes. */
  BINARY,
  /** JSON. */
  VARIANT;

  static Kind of(SnowflakeType type) {
    return switch (type.base()) {
      case NUMBER -> NUMBER;
      case FLOAT -> FLOAT;
      case VARCHAR -> TEXT;
      case BOOLEAN -> BOOLEAN;
      case DATE -> DATE;
      case TIME -> TIME;
      case TIMESTAMP_NTZ -> TIMESTAMP;
      case TIMESTAMP_LTZ, TIMESTAMP_TZ -> TIMESTAMP_TZ;
      case BINARY -> BINARY;
      case VARIANT, OBJECT, ARRAY -> VARIANT;
    };
  }

  boolean isNumeric() {
    return this == NUMBER || this == FLOAT;
  }

  boolean isTemporal() {
    return this == DATE || this == TIME || this == TIMESTAMP || this == TIMESTAMP_TZ;
  }

  /** The kind of a CASE or a set operation with branches of two kinds. */
  Kind or(Kind other) {
    if (this == other || other == NULL) {
      return this;
    }
    if (this == NULL) {
      return other;
    }
    if (isNumeric() && other.isNumeric()) {
      return FLOAT;
    }
    return UNKNOWN;
  }
}
