package io.refract.train.data;

import static io.refract.internal.Secrets.masked;

import com.google.common.base.Joiner;
import io.refract.internal.Secrets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a query, read in one pass.
 *
 * @param name where the rows come from, as a person knows it
 * @param connections opens the connection to read from
 * @param sql the statement
 * @param binds the values of its question marks
 * @param fetchSize how many rows the driver is asked to fetch at once
 */
record SqlRows(
    String name,
    ConnectionSource connections,
    String sql,
    List<@Nullable Object> binds,
    int fetchSize) {

  private static final Logger LOG = LoggerFactory.getLogger(SqlRows.class);

  /** What getString would turn into something that is not the text of the column. */
  private static final Set<Integer> NO_TEXT =
      Set.of(
          Types.ARRAY,
          Types.BINARY,
          Types.BLOB,
          Types.LONGVARBINARY,
          Types.REF,
          Types.STRUCT,
          Types.VARBINARY);

  /** A change to a connection that a driver may refuse. */
  private interface Change {
    void apply(Connection connection) throws SQLException;
  }

  void read(String sourceName, String targetName, RowCounter rows) {
    try (Connection connection = connections.open()) {
      boolean autoCommit = connection.getAutoCommit();
      boolean readOnly = connection.isReadOnly();
      // PostgreSQL fetches in portions only within a transaction.
      hint(connection, it -> it.setReadOnly(true));
      hint(connection, it -> it.setAutoCommit(false));
      try {
        query(connection, sourceName, targetName, rows);
      } finally {
        // A connection of a pool goes back as it came.
        hint(connection, Connection::rollback);
        hint(connection, it -> it.setAutoCommit(autoCommit));
        hint(connection, it -> it.setReadOnly(readOnly));
      }
    } catch (SQLException e) {
      throw new DataException(
          "Cannot read the data in %s: %s (SQLState %s, code %d). Check the connection and the statement: %s"
              .formatted(
                  name,
                  masked(String.valueOf(e.getMessage())),
                  e.getSQLState(),
                  e.getErrorCode(),
                  masked(sql)),
          withoutSecrets(e));
    }
  }

  /** Returns the driver's own exception, unless a secret stands in it or in what caused it. */
  private static SQLException withoutSecrets(SQLException e) {
    if (!Secrets.standIn(e)) {
      return e;
    }
    SQLException copy =
        new SQLException(masked(String.valueOf(e.getMessage())), e.getSQLState(), e.getErrorCode());
    copy.setStackTrace(e.getStackTrace());
    return copy;
  }

  private static void hint(Connection connection, Change change) {
    try {
      change.apply(connection);
    } catch (SQLException e) {
      LOG.debug("The driver refuses a hint: {}", masked(String.valueOf(e.getMessage())));
    }
  }

  private void query(Connection connection, String sourceName, String targetName, RowCounter rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(fetchSize);
      for (int i = 0; i < binds.size(); i++) {
        statement.setObject(i + 1, binds.get(i));
      }
      try (ResultSet results = statement.executeQuery()) {
        int source = column(results.getMetaData(), sourceName);
        int target = column(results.getMetaData(), targetName);
        long number = 0;
        while (results.next()) {
          rows.useAndDigest(++number, results.getString(source), results.getString(target));
        }
      }
    }
  }

  /** Finds a column by its exact label, or, when there is none, without regard to case. */
  private int column(ResultSetMetaData meta, String wanted) throws SQLException {
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      labels.add(meta.getColumnLabel(i));
    }
    List<String> equal = labels.stream().filter(wanted::equals).toList();
    List<String> alike =
        equal.isEmpty() ? labels.stream().filter(wanted::equalsIgnoreCase).toList() : equal;
    if (alike.size() != 1) {
      throw new DataException(
          "Cannot read the data in %s: the result has %s column %s. Its columns are: %s. Statement: %s"
              .formatted(
                  name,
                  alike.isEmpty() ? "no" : "more than one",
                  wanted,
                  Joiner.on(", ").join(labels),
                  masked(sql)));
    }
    int position = labels.indexOf(alike.get(0)) + 1;
    if (NO_TEXT.contains(meta.getColumnType(position))) {
      throw new DataException(
          "Cannot read the data in %s: the column %s is of type %s, which is no text. Turn it into one in the statement, for example with CAST: %s"
              .formatted(name, wanted, meta.getColumnTypeName(position), masked(sql)));
    }
    return position;
  }
}
