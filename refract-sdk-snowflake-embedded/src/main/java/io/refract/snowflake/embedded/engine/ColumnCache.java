package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the tables that a session used last, as long as nobody changes a definition.
 *
 * <p>Reading DuckDB's catalog takes longer than a small statement.
 */
final class ColumnCache {

  private static final int MOST = 200;

  /** A name means another table when the current schema is another. */
  private record Key(
      @Nullable Identifier database, @Nullable Identifier schema, QualifiedName name) {}

  private final Map<Key, List<SqlContext.Column>> columns = new HashMap<>();
  private long version = -1;

  /** Returns the columns of a table, or null when they are not known. */
  @Nullable List<SqlContext.Column> get(Session session, QualifiedName name) {
    return version == session.engine().definitionsVersion()
        ? columns.get(key(session, name))
        : null;
  }

  /**
   * Keeps the columns of a table.
   *
   * @param readAt the version of the definitions before they were read
   */
  void put(Session session, QualifiedName name, long readAt, List<SqlContext.Column> read) {
    // A transaction may see definitions that are older than the version.
    if (read.isEmpty() || session.transactions().isActive()) {
      return;
    }
    if (version != readAt || columns.size() >= MOST) {
      columns.clear();
      version = readAt;
    }
    columns.put(key(session, name), List.copyOf(read));
  }

  private static Key key(Session session, QualifiedName name) {
    return new Key(session.database(), session.schema(), name);
  }
}
