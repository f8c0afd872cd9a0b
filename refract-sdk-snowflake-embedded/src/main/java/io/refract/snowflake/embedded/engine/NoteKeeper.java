package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.ColumnDefinition;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.sql.Translation;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link Notes} of tables, views and columns while DDL runs.
 *
 * <p>The translated DDL writes plain comments; they are folded into the notes, so that neither is
 * lost.
 */
final class NoteKeeper {

  private final Session session;
  private final Request request;
  private final Translation translation;
  private final Map<String, Notes> columnsBefore = new HashMap<>();
  private Notes tableBefore = Notes.parse(null);

  NoteKeeper(Session session, Request request, Translation translation) {
    this.session = session;
    this.request = request;
    this.translation = translation;
  }

  /** Reads the notes before the DDL runs. */
  void before() throws SQLException {
    QualifiedName target = translation.target();
    if (target == null || translation.kind() == StatementKind.CREATE) {
      return;
    }
    TableColumns.Place place = TableColumns.find(session, target);
    if (place != null) {
      tableBefore = Notes.parse(place.comment());
      columnComments(place)
          .forEach((name, comment) -> columnsBefore.put(name, Notes.parse(comment)));
    }
  }

  /** Writes the notes after the DDL ran. */
  void after() throws SQLException {
    QualifiedName target = translation.target();
    if (target == null || translation.kind() == StatementKind.DROP) {
      return;
    }
    TableColumns.Place place = TableColumns.find(session, target);
    if (place == null) {
      return;
    }
    Notes table = fold(tableBefore, place.comment());
    if (translation.kind() == StatementKind.CREATE) {
      table = table.with(Notes.CREATED, OffsetDateTime.now(ZoneOffset.UTC).toString());
      if (place.view()) {
        table = table.with(Notes.TEXT, request.text());
      } else {
        table = table.with(Notes.KIND, tableKind());
      }
      if (place.schema().equals("main") && session.database() != null && session.schema() != null) {
        table =
            table.with(
                Notes.SCHEMA, QualifiedName.duckDbSchema(session.database(), session.schema()));
      }
    }
    if (!place.view() && hasForeignKey()) {
      table = table.with(Notes.FOREIGN_KEY, "true");
    }
    write(place.view() ? "VIEW" : "TABLE", place.duckDb(), table);
    if (!place.view()) {
      columns(place);
    }
  }

  private void columns(TableColumns.Place place) throws SQLException {
    Map<String, Notes> now = new HashMap<>();
    columnComments(place)
        .forEach(
            (name, comment) ->
                now.put(name, fold(columnsBefore.getOrDefault(name, Notes.parse(null)), comment)));
    int keyColumns = 0;
    for (ColumnDefinition column : translation.columns()) {
      String name = column.name().name();
      Notes notes = now.getOrDefault(name, Notes.parse(null)).with(Notes.TYPE, column.type().sql());
      if (column.comment() != null) {
        notes = notes.with(Notes.COMMENT, column.comment());
      }
      if (column.defaultText() != null) {
        notes = notes.with(Notes.DEFAULT, column.defaultText());
      }
      if (column.primaryKey()) {
        keyColumns++;
        notes = notes.with(Notes.PRIMARY_KEY, Integer.toString(keyColumns));
      }
      if (column.unique()) {
        notes = notes.with(Notes.UNIQUE, "true");
      }
      now.put(name, notes);
    }
    for (Map.Entry<String, Notes> column : now.entrySet()) {
      if (!column.getValue().values().isEmpty()) {
        write(
            "COLUMN", place.duckDb() + "." + Identifier.quote(column.getKey()), column.getValue());
      }
    }
  }

  private void write(String kind, String name, Notes notes) throws SQLException {
    session.update("COMMENT ON " + kind + " " + name + " IS " + Catalog.literal(notes.json()));
  }

  private Map<String, @Nullable String> columnComments(TableColumns.Place place)
      throws SQLException {
    Map<String, @Nullable String> comments = new HashMap<>();
    for (@Nullable Object[] row :
        session.query(
            "SELECT column_name, comment FROM duckdb_columns() WHERE database_name = "
                + place.database()
                + " AND schema_name = ? AND table_name = ?",
            place.schema(),
            place.name())) {
      comments.put(String.valueOf(row[0]), row[1] == null ? null : row[1].toString());
    }
    return comments;
  }

  /** Takes over notes that DuckDB still holds, or a plain comment into the earlier notes. */
  private static Notes fold(Notes before, @Nullable String comment) {
    if (comment == null) {
      return before;
    }
    Notes now = Notes.parse(comment);
    boolean plain = now.values().keySet().equals(Set.of(Notes.COMMENT));
    return plain ? before.with(Notes.COMMENT, now.get(Notes.COMMENT)) : now;
  }

  private boolean hasForeignKey() {
    TokenStream in = request.tokens();
    while (in.peek().kind() != Token.Kind.END) {
      if (in.next().isWord("REFERENCES")) {
        return true;
      }
    }
    return false;
  }

  private String tableKind() {
    TokenStream in = request.tokens();
    for (int i = 0; i < 4; i++) {
      if (in.at("TRANSIENT")) {
        return "TRANSIENT";
      }
      if (in.atAny("TEMP", "TEMPORARY", "VOLATILE")) {
        return "TEMPORARY";
      }
      in.next();
    }
    return "TABLE";
  }
}
