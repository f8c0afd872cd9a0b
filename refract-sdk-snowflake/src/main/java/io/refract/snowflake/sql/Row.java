package io.refract.snowflake.sql;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.io.BaseEncoding;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a result. Columns are found by name, in whatever case, or by their position from 0.
 *
 * <p>Immutable; the values are those of JDBC's {@code getObject}.
 */
public final class Row {

  private final List<String> columns;
  private final @Nullable Object[] values;

  /**
   * Creates a row.
   *
   * @param columns the names of the columns
   * @param values one value per column, null for SQL's NULL
   */
  public Row(List<String> columns, List<? extends @Nullable Object> values) {
    checkArgument(
        columns.size() == values.size(), "%s columns but %s values", columns.size(), values.size());
    this.columns = List.copyOf(columns);
    this.values = values.toArray();
  }

  /** Returns the names of the columns. */
  public List<String> columns() {
    return columns;
  }

  /** Returns the value at a position, counted from 0. */
  public @Nullable Object value(int position) {
    return values[position];
  }

  /**
   * Returns the value of a column.
   *
   * @throws IllegalArgumentException when there is no such column
   */
  public @Nullable Object value(String column) {
    return values[position(column)];
  }

  /** Returns the value of a column as text, or null; BINARY as hexadecimal digits, as in SQL. */
  public @Nullable String text(String column) {
    Object value = value(column);
    return value == null ? null : text(value);
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? BaseEncoding.base16().encode(bytes) : value.toString();
  }

  /**
   * Returns the value at a position in a wanted type: numbers become each other when nothing is
   * lost but digits behind the point in a double, anything becomes a text.
   *
   * @throws IllegalArgumentException when the value is not of that type
   */
  public <T> @Nullable T value(int position, Class<T> type) {
    Object value = values[position];
    if (value == null || type.isInstance(value)) {
      return type.cast(value);
    }
    try {
      return type.cast(convert(value, type));
    } catch (ArithmeticException | NumberFormatException | ClassCastException e) {
      throw new IllegalArgumentException(
          "column %s holds a %s that is no %s"
              .formatted(
                  columns.get(position), value.getClass().getSimpleName(), type.getSimpleName()),
          e);
    }
  }

  private static Object convert(Object value, Class<?> type) {
    if (type == String.class) {
      return text(value);
    }
    if (type == Boolean.class || !Number.class.isAssignableFrom(type)) {
      return value;
    }
    BigDecimal number = new BigDecimal(value.toString());
    if (type == Long.class) {
      return number.longValueExact();
    }
    if (type == Integer.class) {
      return number.intValueExact();
    }
    if (type == Double.class) {
      return toDouble(number);
    }
    return type == BigDecimal.class ? number : value;
  }

  private static double toDouble(BigDecimal number) {
    double nearest = number.doubleValue();
    boolean whole = number.stripTrailingZeros().scale() <= 0;
    if (Double.isInfinite(nearest) || (whole && new BigDecimal(nearest).compareTo(number) != 0)) {
      throw new ArithmeticException("no double has the value " + number);
    }
    return nearest;
  }

  private int position(String column) {
    int exact = columns.indexOf(column);
    if (exact >= 0) {
      return exact;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).equalsIgnoreCase(column)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "the result has no column %s; it has %s"
            .formatted(column.toUpperCase(Locale.ROOT), columns));
  }

  /** Returns the row as a map from column name to value, in the order of the columns. */
  public Map<String, @Nullable Object> asMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      map.put(columns.get(i), values[i]);
    }
    return Collections.unmodifiableMap(map);
  }

  /** Returns the row as {@code {COLUMN=value, ...}}. */
  @Override
  public String toString() {
    return asMap().toString();
  }
}
