package io.refract.snowflake.embedded.engine;

/** The kind of a statement, with the number by which the driver tells queries from updates. */
public enum StatementType {
  /** A query; its rows are its result. */
  SELECT(0x1000),
  /** INSERT with one target table; the update count is the sum of all cells. */
  INSERT(0x3100),
  /** UPDATE; the update count is the sum of all cells. */
  UPDATE(0x3200),
  /** DELETE; the update count is the sum of all cells. */
  DELETE(0x3300),
  /** MERGE; the update count is the sum of all cells. */
  MERGE(0x3400),
  /** INSERT with several target tables. */
  MULTI_INSERT(0x3500),
  /** COPY INTO a table; the update count is the sum of the column {@code rows_loaded}. */
  COPY(0x3600),
  /** COPY INTO a location. */
  UNLOAD(0x3700),
  /** SET and UNSET of session variables. */
  SESSION(0x4000),
  /** ALTER SESSION. */
  ALTER_SESSION(0x4100),
  /** USE. */
  USE(0x4300),
  /** SHOW. */
  SHOW(0x4400),
  /** DESCRIBE. */
  DESCRIBE(0x4500),
  /** LIST of a stage. */
  LIST(0x4701),
  /** BEGIN, COMMIT, ROLLBACK. */
  TRANSACTION(0x5000),
  /** CREATE, ALTER, DROP and every other statement that answers with a status line. */
  DDL(0x6000),
  /** GET: the driver copies the files. */
  GET(0x7101),
  /** PUT: the driver copies the files. */
  PUT(0x7102),
  /** REMOVE of staged files. */
  REMOVE(0x7103);

  private final int id;

  StatementType(int id) {
    this.id = id;
  }

  /** Returns the number that goes over the wire as {@code statementTypeId}. */
  public int id() {
    return id;
  }

  /** Tells whether the statement changes rows, so that its cells add up to an update count. */
  public boolean isDml() {
    return (id & 0xF000) == 0x3000;
  }
}
