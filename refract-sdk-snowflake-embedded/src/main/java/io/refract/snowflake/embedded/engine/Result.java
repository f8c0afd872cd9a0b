package io.refract.snowflake.embedded.engine;

import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a statement answers: columns and rows, or the instructions of a file transfer. */
public final class Result implements AutoCloseable {

  private final StatementType type;
  private final List<Column> columns;
  private final RowCursor rows;
  private final @Nullable JsonObject transfer;
  private int numberOfBinds;

  private Result(
      StatementType type, List<Column> columns, RowCursor rows, @Nullable JsonObject transfer) {
    this.type = type;
    this.columns = List.copyOf(columns);
    this.rows = rows;
    this.transfer = transfer;
  }

  /** Returns a result whose rows are read from a cursor; the result closes it. */
  public static Result of(StatementType type, List<Column> columns, RowCursor rows) {
    return new Result(type, columns, rows, null);
  }

  /** Returns a result whose rows are in memory. */
  public static Result of(StatementType type, List<Column> columns, List<@Nullable Object[]> rows) {
    return of(type, columns, RowCursor.of(rows));
  }

  /** Returns the one-line answer of DDL, for example {@code Table T successfully created.}. */
  public static Result status(String message) {
    return status(StatementType.DDL, message);
  }

  /** Returns a one-line answer. */
  public static Result status(StatementType type, String message) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    rows.add(new Object[] {message});
    return of(type, List.of(Column.of("status", SnowflakeType.VARCHAR)), rows);
  }

  /**
   * Returns the answer of DML: one row of counts.
   *
   * @param type which DML
   * @param names the column labels, for example {@code number of rows inserted}
   * @param counts one count per label
   */
  public static Result counts(StatementType type, List<String> names, List<Long> counts) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    rows.add(counts.toArray());
    return of(
        type,
        names.stream().map(name -> new Column(name, SnowflakeType.NUMBER, false)).toList(),
        rows);
  }

  /**
   * Returns the instructions by which the driver copies files (PUT and GET).
   *
   * @param type PUT or GET
   * @param data the members that go into {@code data} of the answer, such as {@code command},
   *     {@code src_locations} and {@code stageInfo}
   */
  public static Result transfer(StatementType type, JsonObject data) {
    return new Result(type, List.of(), RowCursor.of(List.of()), data);
  }

  /** Returns what kind of statement this is the answer of. */
  public StatementType type() {
    return type;
  }

  /** Returns the columns. */
  public List<Column> columns() {
    return columns;
  }

  /** Returns the rows; they can be read once. */
  public RowCursor rows() {
    return rows;
  }

  /** Returns the instructions of a file transfer, or null for a result with rows. */
  public @Nullable JsonObject transfer() {
    return transfer;
  }

  /** Returns how many {@code ?} the statement has. */
  public int numberOfBinds() {
    return numberOfBinds;
  }

  Result numberOfBinds(int count) {
    numberOfBinds = count;
    return this;
  }

  @Override
  public void close() throws SQLException {
    rows.close();
  }
}
