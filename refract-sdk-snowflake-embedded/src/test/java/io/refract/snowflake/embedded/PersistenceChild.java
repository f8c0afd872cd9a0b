package io.refract.snowflake.embedded;

import java.nio.file.Path;

/** A process that commits rows, begins more, and waits to be killed. */
public final class PersistenceChild {

  static final String READY = "ready to be killed";

  private PersistenceChild() {}

  /** Runs in the directory that is the only argument. */
  public static void main(String[] args) {
    try {
      commitAndWait(Path.of(args[0]));
    } catch (Exception e) {
      System.out.println("failed: " + e);
    }
    // The server's threads would keep the process alive.
    System.exit(1);
  }

  private static void commitAndWait(Path directory) throws Exception {
    QuietDriver.install();
    EmbeddedSnowflake snowflake = EmbeddedSnowflake.at(directory).start();
    Sql sql = Sql.to(snowflake);
    sql.run("CREATE TABLE KEPT (ID INT)");
    for (int i = 1; i <= 100; i++) {
      sql.run("INSERT INTO KEPT VALUES (" + i + ")");
    }
    sql.run("BEGIN", "INSERT INTO KEPT VALUES (101)");
    System.out.println(READY);
    System.out.flush();
    // Nobody writes to the input: the process waits here for its end.
    int unused = System.in.read();
  }
}
