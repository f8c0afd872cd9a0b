package io.refract.snowflake.testing;

import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A session that notes each statement and answers what a test tells it to. */
public final class RecordingSession implements SqlSession {

  public final List<String> statements = new ArrayList<>();
  public final List<List<@Nullable Object>> binds = new ArrayList<>();
  private BiFunction<String, List<@Nullable Object>, List<Row>> answer = (sql, binds) -> List.of();

  /** Sets what a statement is answered with. */
  public RecordingSession answering(
      BiFunction<String, List<@Nullable Object>, List<Row>> newAnswer) {
    answer = newAnswer;
    return this;
  }

  @Override
  public List<Row> query(String sql, @Nullable Object... values) {
    statements.add(sql);
    List<@Nullable Object> list = new ArrayList<>(Arrays.asList(values));
    binds.add(list);
    return answer.apply(sql, list);
  }

  @Override
  public long execute(String sql, @Nullable Object... values) {
    query(sql, values);
    return 0;
  }
}
