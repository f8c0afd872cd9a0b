package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of one SHOW or DESCRIBE while they are collected. */
final class Table {

  private final List<Column> columns = new ArrayList<>();
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  /**
   * Creates an empty table.
   *
   * @param names the column names, separated by blanks; {@code :t} behind a name makes it a
   *     timestamp, {@code :n} a number; else it is text. An underscore that stands for a blank is
   *     written as a tilde
   */
  Table(String names) {
    for (String name : names.split(" ")) {
      int colon = name.indexOf(':');
      String label = (colon < 0 ? name : name.substring(0, colon)).replace('~', ' ');
      SnowflakeType type =
          colon < 0
              ? SnowflakeType.VARCHAR
              : name.charAt(colon + 1) == 't' ? SnowflakeType.TIMESTAMP_LTZ : SnowflakeType.NUMBER;
      columns.add(Column.of(label, type));
    }
  }

  /** Adds a row; missing cells at its end are null. */
  void add(@Nullable Object... cells) {
    @Nullable Object[] row = new Object[columns.size()];
    System.arraycopy(cells, 0, row, 0, cells.length);
    rows.add(row);
  }

  int size() {
    return rows.size();
  }

  List<Column> columns() {
    return columns;
  }

  Result result(StatementType type) {
    return Result.of(type, columns, rows);
  }

  /** Returns the rows sorted by their texts in some columns. */
  Table sortedBy(int... positions) {
    rows.sort(
        (left, right) -> {
          for (int position : positions) {
            int order = String.valueOf(left[position]).compareTo(String.valueOf(right[position]));
            if (order != 0) {
              return order;
            }
          }
          return 0;
        });
    return this;
  }

  /** Drops the rows behind the first ones. */
  Table limit(int most) {
    if (rows.size() > most) {
      rows.subList(most, rows.size()).clear();
    }
    return this;
  }
}
