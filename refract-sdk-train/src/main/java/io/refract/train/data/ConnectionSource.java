package io.refract.train.data;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens a connection to a database, for example {@code () -> DriverManager.getConnection(url)}. */
@FunctionalInterface
public interface ConnectionSource {

  /**
   * Returns a connection; whoever asked for it closes it.
   *
   * @throws SQLException when the database cannot be reached or refuses the login
   */
  Connection open() throws SQLException;
}
