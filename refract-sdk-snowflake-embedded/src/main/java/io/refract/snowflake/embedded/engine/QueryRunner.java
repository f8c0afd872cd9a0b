package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.sql.Translation;
import io.refract.snowflake.embedded.sql.Translator;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs what no handler accepted: queries, DML and the DDL of tables, translated to DuckDB's SQL.
 */
final class QueryRunner {

  /** Describes the columns of a statement. */
  Result describe(Request request, Session session) throws SQLException {
    Translation translation = translate(request, session);
    if (translation.kind() == StatementKind.QUERY) {
      BindNumbers numbered = BindNumbers.of(translation.main());
      try (PreparedStatement statement = session.connection().prepareStatement(numbered.sql())) {
        return Result.of(
            StatementType.SELECT, columns(statement.getMetaData()), RowCursor.of(List.of()));
      }
    }
    if (isDml(translation.kind())) {
      for (String sql : translation.statements()) {
        // Preparing finds missing tables and columns, and runs nothing.
        session.connection().prepareStatement(BindNumbers.of(sql).sql()).close();
        if (sql.startsWith("CREATE")) {
          // The others read what this one would have made.
          break;
        }
      }
      return Dml.counts(translation.kind(), 0, List.of());
    }
    return Result.of(StatementType.DDL, Result.status("").columns(), RowCursor.of(List.of()));
  }

  /** Runs a statement. */
  Result execute(Request request, Session session) throws SQLException {
    if (Batch.isBatch(request)) {
      return Batch.execute(this, request, session);
    }
    Translation translation = translate(request, session);
    if (translation.kind() == StatementKind.QUERY) {
      return query(translation, request.binds(), session);
    }
    if (isDml(translation.kind())) {
      return dml(translation, request.binds(), session);
    }
    return ddl(translation, request, session);
  }

  Translation translate(Request request, Session session) {
    return Translator.translate(request.text(), new SessionContext(session, request.text()));
  }

  /** Runs the statements of DML as one. */
  Result dml(Translation translation, List<Bind> binds, Session session) throws SQLException {
    session.transactions().beforeDml();
    return translation.statements().size() == 1
        ? dmlStatements(translation, binds, session)
        : session.transactions().atomically(() -> dmlStatements(translation, binds, session));
  }

  /** Runs the statements of INSERT, UPDATE or DELETE and returns the number of rows. */
  long dmlCount(Translation translation, List<Bind> binds, Session session) throws SQLException {
    String main = translation.main();
    long count = 0;
    for (String sql : translation.statements()) {
      long rows = run(sql, binds, session);
      if (sql.equals(main)) {
        count = rows;
      }
    }
    return count;
  }

  private Result dmlStatements(Translation translation, List<Bind> binds, Session session)
      throws SQLException {
    if (translation.kind() != StatementKind.MERGE) {
      long count = dmlCount(translation, binds, session);
      return Dml.counts(translation.kind(), count, List.of());
    }
    try (PreparedStatement statement = prepare(translation.main(), binds, session);
        ResultSet rows = session.tracked(statement, statement::executeQuery)) {
      List<String> actions = new ArrayList<>();
      while (rows.next()) {
        actions.add(rows.getString("merge_action"));
      }
      return Dml.counts(StatementKind.MERGE, actions.size(), actions);
    }
  }

  private static Result query(Translation translation, List<Bind> binds, Session session)
      throws SQLException {
    PreparedStatement statement = prepare(translation.main(), binds, session);
    boolean done = false;
    try {
      ResultSet rows = session.tracked(statement, statement::executeQuery);
      Result result =
          Result.of(StatementType.SELECT, columns(rows.getMetaData()), new DuckDbCursor(rows));
      done = true;
      return result;
    } finally {
      if (!done) {
        statement.close();
      }
    }
  }

  private static Result ddl(Translation translation, Request request, Session session)
      throws SQLException {
    String status = translation.status();
    if (translation.kind() == StatementKind.TRUNCATE) {
      session.transactions().commit();
    }
    return session
        .transactions()
        .ddl(
            () -> {
              QualifiedName target = translation.target();
              if (target != null && translation.kind() == StatementKind.CREATE) {
                requireSchema(target, session);
              }
              boolean exists = target != null && TableColumns.find(session, target) != null;
              String skipped = skipped(request, target, exists);
              if (skipped != null) {
                return Result.status(skipped);
              }
              NoteKeeper notes = new NoteKeeper(session, request, translation);
              notes.before();
              for (String sql : translation.statements()) {
                run(sql, request.binds(), session);
              }
              notes.after();
              return Result.status(status == null ? "Statement executed successfully." : status);
            });
  }

  /** Returns the answer when IF EXISTS or IF NOT EXISTS leaves nothing to do, else null. */
  private static @Nullable String skipped(
      Request request, @Nullable QualifiedName target, boolean exists) {
    if (target == null || isSequence(request)) {
      return null;
    }
    String name = target.name().sql();
    if (exists && request.kind() == StatementKind.CREATE && has(request, "IF", "NOT", "EXISTS")) {
      return name + " already exists, statement succeeded.";
    }
    if (!exists && request.kind() == StatementKind.DROP && has(request, "IF", "EXISTS")) {
      return "Drop statement executed successfully (" + name + " already dropped).";
    }
    return null;
  }

  private static boolean isSequence(Request request) {
    TokenStream in = request.tokens();
    in.next();
    in.accept("OR", "REPLACE");
    return in.at("SEQUENCE");
  }

  private static boolean has(Request request, String... words) {
    TokenStream in = request.tokens();
    // The clause stands before the name, which no statement has behind its seventh word.
    for (int i = 0; i < 7; i++) {
      if (in.at(words)) {
        return true;
      }
      in.next();
    }
    return false;
  }

  private static void requireSchema(QualifiedName target, Session session) throws SQLException {
    QualifiedName.Full full = session.resolve(target);
    if (full.schema().equals(Catalog.INFORMATION_SCHEMA)) {
      throw SqlError.of(
          "003001",
          "42501",
          "SQL access control error:\nInsufficient privileges to operate on schema"
              + " 'INFORMATION_SCHEMA'.");
    }
    session.engine().catalog().requireSchema(session, full.database(), full.schema());
  }

  private static long run(String sql, List<Bind> binds, Session session) throws SQLException {
    try (PreparedStatement statement = prepare(sql, binds, session)) {
      return session.tracked(
          statement,
          () -> statement.execute() ? 0L : Math.max(0L, statement.getLargeUpdateCount()));
    }
  }

  static PreparedStatement prepare(String sql, List<Bind> binds, Session session)
      throws SQLException {
    BindNumbers numbered = BindNumbers.of(sql);
    PreparedStatement statement = session.connection().prepareStatement(numbered.sql());
    boolean done = false;
    try {
      for (int i = 0; i < numbered.sources().size(); i++) {
        int source = numbered.sources().get(i);
        if (source > binds.size()) {
          throw SqlError.of(
              "002049", "42601", "SQL compilation error:\nBind variable :" + source + " not set.");
        }
        BindValues.set(statement, i + 1, binds.get(source - 1), 0);
      }
      done = true;
      return statement;
    } finally {
      if (!done) {
        statement.close();
      }
    }
  }

  private static boolean isDml(StatementKind kind) {
    return kind == StatementKind.INSERT
        || kind == StatementKind.UPDATE
        || kind == StatementKind.DELETE
        || kind == StatementKind.MERGE;
  }

  private static List<Column> columns(ResultSetMetaData meta) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      String type = meta.getColumnTypeName(i);
      // The type of a bind alone is known only when its value is.
      columns.add(
          Column.of(
              meta.getColumnLabel(i),
              type.equals("UNKNOWN") ? SnowflakeType.VARCHAR : SnowflakeType.fromDuckDb(type)));
    }
    return columns;
  }
}
