package io.refract.snowflake.deploy;

import io.refract.snowflake.sql.Row;
import io.refract.snowflake.testing.FakeStages;
import io.refract.snowflake.testing.RecordingSession;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An account that has stages, and functions that answer as they are told to. */
final class FakeAccount {

  final FakeStages stages = new FakeStages();
  final RecordingSession session = new RecordingSession().answering(this::answer);
  @Nullable String output = "a summary";
  @Nullable String ofNull;

  List<Row> answer(String sql) {
    if (sql.startsWith("SELECT CURRENT_DATABASE()")) {
      return List.of(new Row(List.of("DATABASE_NAME", "SCHEMA_NAME"), List.of("WORK", "my own")));
    }
    if (sql.contains("AS NOTHING")) {
      return List.of(new Row(List.of("OUTPUT", "NOTHING"), Arrays.asList(output, ofNull)));
    }
    return stages.to(sql);
  }
}
