package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs SQL through the real driver and shows rows as text, {@code a|b}. */
public final class Sql implements AutoCloseable {

  private final Connection connection;

  private Sql(Connection connection) {
    this.connection = connection;
  }

  /** Connects to a server. */
  public static Sql to(EmbeddedSnowflake snowflake) throws SQLException {
    return new Sql(
        DriverManager.getConnection(snowflake.jdbcUrl(), snowflake.connectionProperties()));
  }

  /** Returns the driver's connection. */
  public Connection connection() {
    return connection;
  }

  /** Runs statements that need no answer. */
  public void run(String... statements) throws SQLException {
    for (String sql : statements) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  /** Returns all rows, cells joined by a bar. */
  public List<String> rows(String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          cells.add(String.valueOf(rows.getString(i)));
        }
        lines.add(String.join("|", cells));
      }
    }
    return lines;
  }

  /** Returns one column of all rows. */
  public List<String> column(String sql, String label) throws SQLException {
    List<String> cells = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        cells.add(rows.getString(label));
      }
    }
    return cells;
  }

  /** Returns the error of a statement that must fail. */
  public SQLException error(String sql) {
    return catchThrowableOfType(SQLException.class, () -> rows(sql));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
