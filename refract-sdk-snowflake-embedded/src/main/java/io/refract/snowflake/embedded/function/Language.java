package io.refract.snowflake.embedded.function;

/** The languages of functions that can be run. */
enum Language {
  /** An expression or a query. */
  SQL,
  /** A method in this JVM. */
  JAVA,
  /** A function in a Python process. */
  PYTHON
}
