package io.refract.snowflake.embedded.engine;

/** The kinds of objects that the catalog keeps besides tables and views, which DuckDB keeps. */
public enum ObjectKind {
  /** An internal stage. */
  STAGE("Stage"),
  /** A file format. */
  FILE_FORMAT("File format"),
  /** A user-defined function; its signature distinguishes overloads. */
  FUNCTION("Function"),
  /** A stored procedure; its signature distinguishes overloads. */
  PROCEDURE("Procedure");

  private final String words;

  ObjectKind(String words) {
    this.words = words;
  }

  /** Returns the kind as Snowflake's messages write it. */
  public String words() {
    return words;
  }
}
