package io.refract.snowflake.function;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.Lists;
import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of one argument in Snowflake, with Java types. Thread-safe.
 *
 * @param <I> the type of the argument: String, Boolean, a number type or another that JDBC binds
 * @param <O> the type of the result: String, Boolean, Integer, Long, Double, BigDecimal, or what
 *     JDBC reads
 */
public final class ScalarFunction<I, O> {

  /** Values per statement; keeps statements far below Snowflake's 16,384 entries of a list. */
  private static final int VALUES_PER_STATEMENT = 500;

  private final UserFunction function;
  private final SqlSession session;
  private final Class<O> output;

  private ScalarFunction(UserFunction function, SqlSession session, Class<O> output) {
    this.function = function;
    this.session = session;
    this.output = output;
  }

  static <I, O> ScalarFunction<I, O> of(
      UserFunction function, SqlSession session, Class<I> input, Class<O> output) {
    checkState(
        function.argumentTypes().size() == 1,
        "%s does not take one %s but %s arguments; use UserFunction.call",
        function,
        input.getSimpleName(),
        function.argumentTypes().size());
    return new ScalarFunction<>(function, session, output);
  }

  /** Returns the name. */
  public ObjectName name() {
    return function.name();
  }

  /**
   * Calls the function with one value.
   *
   * @param value the value; null for NULL
   * @return the result; null for NULL
   */
  public @Nullable O call(@Nullable I value) {
    String sql = "SELECT " + name().sql() + "(?)";
    return session.query(sql, new @Nullable Object[] {value}).get(0).value(0, output);
  }

  /**
   * Calls the function with many values, in as few statements as possible.
   *
   * @param values the values; null for NULL
   * @return the results in the order of the values; null for NULL
   */
  public List<@Nullable O> callAll(List<? extends @Nullable I> values) {
    List<@Nullable O> results = new ArrayList<>(values.size());
    for (List<? extends @Nullable I> part : Lists.partition(values, VALUES_PER_STATEMENT)) {
      for (Row row : session.query(callSql(part.size()), part.toArray())) {
        results.add(row.value(1, output));
      }
    }
    return Collections.unmodifiableList(results);
  }

  private String callSql(int count) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < count; i++) {
      rows.append(i == 0 ? "(" : ", (").append(i).append(", ?)");
    }
    return "SELECT I, %s(X) AS RESULT FROM (VALUES %s) AS INPUTS (I, X) ORDER BY I"
        .formatted(name().sql(), rows);
  }

  /**
   * Begins to call the function for each row of a table.
   *
   * @param table the table or view
   * @param column the column that holds the arguments
   */
  public Application applyTo(String table, String column) {
    return new Application(
        session, name(), ObjectName.parse(table), Identifier.parse(column), name().last());
  }

  /** Drops the function, if it exists. */
  public void drop() {
    function.drop();
  }

  /** Returns the name and the type of the argument. */
  @Override
  public String toString() {
    return function.toString();
  }
}
