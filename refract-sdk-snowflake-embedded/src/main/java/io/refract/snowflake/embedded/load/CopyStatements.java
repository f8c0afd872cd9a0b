package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.RowCursor;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.load.TargetTable.TargetColumn;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.sql.Translation;
import io.refract.snowflake.embedded.sql.Translator;
import io.refract.snowflake.embedded.stage.Stage;
import io.refract.snowflake.embedded.stage.Stage.StagedFile;
import io.refract.snowflake.embedded.stage.StagePath;
import io.refract.snowflake.embedded.stage.Stages;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * COPY INTO a table.
 *
 * <p>Records are read and converted in Java, so that each error has its file, line and column; good
 * ones wait as text in a temporary DuckDB table and are inserted by one statement.
 */
public final class CopyStatements implements StatementHandler {

  private static final List<Column> COLUMNS =
      List.of(
          Column.of("file", SnowflakeType.VARCHAR),
          Column.of("status", SnowflakeType.VARCHAR),
          Column.of("rows_parsed", SnowflakeType.NUMBER),
          Column.of("rows_loaded", SnowflakeType.NUMBER),
          Column.of("error_limit", SnowflakeType.NUMBER),
          Column.of("errors_seen", SnowflakeType.NUMBER),
          Column.of("first_error", SnowflakeType.VARCHAR),
          Column.of("first_error_line", SnowflakeType.NUMBER),
          Column.of("first_error_character", SnowflakeType.NUMBER),
          Column.of("first_error_column_name", SnowflakeType.VARCHAR));

  private final Engine engine;
  private final Stages stages;
  private final AtomicLong tables = new AtomicLong();

  private CopyStatements(Engine engine, Stages stages) {
    this.engine = engine;
    this.stages = stages;
  }

  /** Adds loading to an engine. */
  public static void addTo(Engine engine, Stages stages) throws SQLException {
    try (Session session = engine.openSession("SYSTEM")) {
      LoadHistory.createTable(session);
    }
    engine.addHandler(new CopyStatements(engine, stages));
    engine.addRewriter(new StagedQueries(engine, stages));
  }

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.COPY;
  }

  @Override
  public Result describe(Request request, Session session) {
    return Result.of(StatementType.COPY, COLUMNS, RowCursor.of(List.of()));
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    CopyStatement copy = CopyStatement.parse(request.tokens(), engine.catalog(), session);
    TargetTable table = TargetTable.read(copy.table(), session);
    String query = copy.query();
    if (query != null) {
      return transform(copy, query, table, session);
    }
    List<TargetColumn> columns = table.select(copy.columns());
    Stage stage = stages.find(copy.source(), session);
    FileFormat format = format(copy, session);
    List<FileLoad> loads = new ArrayList<>();
    List<StagedFile> loadedFiles = new ArrayList<>();
    session.transactions().beforeDml();
    session
        .transactions()
        .atomically(
            () -> {
              List<StagedFile> files = files(copy, table, stage, session);
              String waiting = "\"REFRACT$COPY_" + tables.incrementAndGet() + "\"";
              createWaiting(waiting, columns.size(), session);
              try {
                fill(copy, table, columns, stage, format, files, waiting, session, loads);
                insert(table, columns, waiting, session);
              } finally {
                session.update("DROP TABLE IF EXISTS temp.main." + waiting);
              }
              for (int i = 0; i < files.size(); i++) {
                if (loads.get(i).hasLoaded()) {
                  LoadHistory.add(table, stage, files.get(i), session);
                  loadedFiles.add(files.get(i));
                }
              }
              return true;
            });
    if (copy.purge()) {
      loadedFiles.forEach(stage::delete);
    }
    if (loads.isEmpty()) {
      return Result.status(StatementType.COPY, "Copy executed with 0 files processed.");
    }
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (FileLoad load : loads) {
      if (!copy.failedOnly() || load.hasErrors()) {
        rows.add(load.row());
      }
    }
    return Result.of(StatementType.COPY, COLUMNS, rows);
  }

  /** Loads through a query: its records wait in a table, and the query reads that table. */
  private Result transform(CopyStatement copy, String query, TargetTable table, Session session)
      throws SQLException {
    if (copy.onError() != CopyStatement.OnError.ABORT_STATEMENT
        || copy.match() != CopyStatement.Match.NONE) {
      throw SqlError.unsupported(
          "ON_ERROR = " + copy.onError() + " or MATCH_BY_COLUMN_NAME of COPY INTO with a query");
    }
    Stage stage = stages.find(copy.source(), session);
    FileFormat format = format(copy, session);
    session.transactions().beforeDml();
    List<@Nullable Object[]> result = new ArrayList<>();
    List<StagedFile> files =
        session
            .transactions()
            .atomically(
                () -> {
                  List<StagedFile> wanted = files(copy, table, stage, session);
                  StagedTable staged = StagedTable.load(stage, wanted, format, query, session);
                  Translation insert =
                      Translator.translate(
                          insert(copy, query, table, staged), session.sqlContext());
                  for (String statement : insert.statements()) {
                    session.update(statement);
                  }
                  staged.drop(session);
                  for (int i = 0; i < wanted.size(); i++) {
                    StagedFile file = wanted.get(i);
                    LoadHistory.add(table, stage, file, session);
                    long rows = staged.rows().get(i);
                    result.add(
                        new @Nullable Object[] {
                          stage.label() + file.path(),
                          "LOADED",
                          rows,
                          rows,
                          1L,
                          0L,
                          null,
                          null,
                          null,
                          null
                        });
                  }
                  return wanted;
                });
    if (copy.purge()) {
      files.forEach(stage::delete);
    }
    return result.isEmpty()
        ? Result.status(StatementType.COPY, "Copy executed with 0 files processed.")
        : Result.of(StatementType.COPY, COLUMNS, result);
  }

  private static String insert(
      CopyStatement copy, String query, TargetTable table, StagedTable staged) {
    TokenStream in = TokenStream.of(query);
    while (!(in.at("FROM") && in.peek(1).kind() != Token.Kind.END)) {
      in.next();
    }
    in.next();
    if (!StagePath.isAt(in)) {
      throw SqlError.unsupported("a query in COPY INTO that is no SELECT list FROM a stage");
    }
    int start = in.peek().start();
    int end = in.next().end();
    if (in.atOperator("(")) {
      throw SqlError.unsupported("options of the staged file inside of COPY INTO's query");
    }
    String columns =
        copy.columns().isEmpty()
            ? ""
            : copy.columns().stream()
                .map(Identifier::quoted)
                .collect(Collectors.joining(", ", " (", ")"));
    return "INSERT INTO "
        + table.sql()
        + columns
        + " "
        + query.substring(0, start)
        + Identifier.quote(staged.name())
        + query.substring(end);
  }

  private void fill(
      CopyStatement copy,
      TargetTable table,
      List<TargetColumn> columns,
      Stage stage,
      FileFormat format,
      List<StagedFile> files,
      String waiting,
      Session session,
      List<FileLoad> loads)
      throws SQLException {
    try (DuckDBAppender appender =
        session.connection().createAppender("temp", "main", waiting.replace("\"", ""))) {
      for (StagedFile file : files) {
        FileLoad load =
            new FileLoad(copy, table, columns, format, file, stage.label() + file.path());
        loads.add(load);
        load.run(
            cells -> {
              if (session.isCanceled()) {
                throw SqlError.of("000604", "57014", "SQL execution canceled");
              }
              appender.beginRow();
              for (String cell : cells) {
                if (cell == null) {
                  appender.appendNull();
                } else {
                  appender.append(cell);
                }
              }
              appender.endRow();
            });
      }
    }
  }

  private List<StagedFile> files(
      CopyStatement copy, TargetTable table, Stage stage, Session session) throws SQLException {
    List<StagedFile> all = stage.list(copy.source().path(), copy.pattern());
    List<StagedFile> wanted = new ArrayList<>();
    if (copy.files().isEmpty()) {
      wanted.addAll(all);
    } else {
      for (String name : copy.files()) {
        String path = copy.source().path();
        String full = path.isEmpty() || path.endsWith("/") ? path + name : path + "/" + name;
        StagedFile found = stage.find(full);
        if (found == null) {
          throw SqlError.of(
              "100016",
              "22000",
              "Remote file '"
                  + stage.label()
                  + full
                  + "' was not found. There are several potential"
                  + " causes. The file might not exist. The required credentials may be missing or"
                  + " invalid. If you are running a copy command, please make sure files are not"
                  + " deleted when they are being loaded.");
        }
        wanted.add(found);
      }
    }
    if (!copy.force()) {
      List<StagedFile> fresh = new ArrayList<>();
      for (StagedFile file : wanted) {
        if (!LoadHistory.contains(table, stage, file, session)) {
          fresh.add(file);
        }
      }
      return fresh;
    }
    return wanted;
  }

  private FileFormat format(CopyStatement copy, Session session) throws SQLException {
    FileFormat written = copy.format();
    if (written != null) {
      return written;
    }
    CatalogObject definition = stages.definition(copy.source(), session);
    String ofStage = definition == null ? "" : definition.attribute(Stages.FILE_FORMAT);
    return ofStage.isEmpty() ? FileFormat.of(Map.of()) : FileFormat.fromJson(ofStage);
  }

  private static void createWaiting(String name, int columns, Session session) throws SQLException {
    List<String> definitions = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      definitions.add("c" + i + " VARCHAR");
    }
    session.update(
        "CREATE TEMP TABLE temp.main." + name + " (" + String.join(", ", definitions) + ")");
  }

  private static void insert(
      TargetTable table, List<TargetColumn> columns, String waiting, Session session)
      throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      names.add(Identifier.quote(columns.get(i).name()));
      values.add(FileLoad.cast("c" + i, columns.get(i).type()));
    }
    session.update(
        "INSERT INTO "
            + table.duckDb()
            + " ("
            + String.join(", ", names)
            + ") SELECT "
            + String.join(", ", values)
            + " FROM temp.main."
            + waiting);
  }
}
