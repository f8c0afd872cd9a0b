package io.refract.snowflake.embedded.stage;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.RowCursor;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** LIST and LS, REMOVE and RM. */
public final class ListStatements implements StatementHandler {

  private static final List<Column> LIST_COLUMNS =
      List.of(
          Column.of("name", SnowflakeType.VARCHAR),
          Column.of("size", SnowflakeType.NUMBER),
          Column.of("md5", SnowflakeType.VARCHAR),
          Column.of("last_modified", SnowflakeType.VARCHAR));
  private static final List<Column> REMOVE_COLUMNS =
      List.of(Column.of("name", SnowflakeType.VARCHAR), Column.of("result", SnowflakeType.VARCHAR));
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  private final Stages stages;

  /** Makes the handler of an engine's stages. */
  public ListStatements(Stages stages) {
    this.stages = stages;
  }

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.LIST || request.kind() == StatementKind.REMOVE;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    boolean remove = request.kind() == StatementKind.REMOVE;
    in.next();
    StagePath path = StagePath.read(in);
    String pattern = null;
    if (in.accept("PATTERN")) {
      in.expectOperator("=");
      pattern = in.string();
    }
    in.expectEnd();
    Stage stage = stages.find(path, session);
    List<Stage.StagedFile> files = stage.list(path.path(), pattern);
    return remove ? remove(stage, files) : list(stage, files);
  }

  @Override
  public Result describe(Request request, Session session) {
    return request.kind() == StatementKind.REMOVE
        ? Result.of(StatementType.REMOVE, REMOVE_COLUMNS, RowCursor.of(List.of()))
        : Result.of(StatementType.LIST, LIST_COLUMNS, RowCursor.of(List.of()));
  }

  private static Result list(Stage stage, List<Stage.StagedFile> files) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Stage.StagedFile file : files) {
      String md5 = md5(file.file());
      if (md5 != null) {
        rows.add(
            new Object[] {stage.label() + file.path(), file.size(), md5, time(file.modified())});
      }
    }
    return Result.of(StatementType.LIST, LIST_COLUMNS, rows);
  }

  private static Result remove(Stage stage, List<Stage.StagedFile> files) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Stage.StagedFile file : files) {
      stage.delete(file);
      rows.add(new Object[] {stage.label() + file.path(), "removed"});
    }
    return Result.of(StatementType.REMOVE, REMOVE_COLUMNS, rows);
  }

  private static String time(Instant instant) {
    return HTTP_DATE.format(instant.atZone(ZoneOffset.UTC));
  }

  /** Returns the digest that Snowflake calls md5; null when the file was removed meanwhile. */
  @SuppressWarnings("deprecation") // Snowflake prescribes MD5; it protects nothing here.
  private static @Nullable String md5(Path file) {
    try {
      return MoreFiles.asByteSource(file).hash(Hashing.md5()).toString();
    } catch (IOException e) {
      return null;
    }
  }
}
