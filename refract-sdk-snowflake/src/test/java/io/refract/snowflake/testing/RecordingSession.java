package io.refract.snowflake.testing;

import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.SqlSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session that notes each statement and answers what a test tells it to. */
public final class RecordingSession implements SqlSession {

  public final List<String> statements = new ArrayList<>();
  public final List<List<@Nullable Object>> binds = new ArrayList<>();
  private Answer answer = sql -> List.of();

  /** Sets what a statement is answered with. */
  public RecordingSession answering(Answer newAnswer) {
    answer = newAnswer;
    return this;
  }

  @Override
  public List<Row> query(String sql, @Nullable Object... values) {
    statements.add(sql);
    List<@Nullable Object> list = new ArrayList<>(Arrays.asList(values));
    binds.add(list);
    return answer.to(sql);
  }

  @Override
  public long execute(String sql, @Nullable Object... values) {
    query(sql, values);
    return 0;
  }

  /** What a statement is answered with. */
  @FunctionalInterface
  public interface Answer {
    /** Returns the rows of a statement's result. */
    List<Row> to(String sql);
  }
}
