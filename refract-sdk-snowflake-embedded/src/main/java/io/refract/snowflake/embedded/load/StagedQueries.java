package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementRewriter;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.format.FileFormatClause;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.stage.Stage;
import io.refract.snowflake.embedded.stage.StagePath;
import io.refract.snowflake.embedded.stage.Stages;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;

/** Replaces {@code FROM @stage/path (FILE_FORMAT => ...)} by a table with the files' records. */
final class StagedQueries implements StatementRewriter {

  private final Engine engine;
  private final Stages stages;
  private final Map<Session, List<StagedTable>> tables =
      Collections.synchronizedMap(new WeakHashMap<>());

  StagedQueries(Engine engine, Stages stages) {
    this.engine = engine;
    this.stages = stages;
  }

  @Override
  public Request rewrite(Request request, Session session) throws SQLException {
    if (request.kind() == StatementKind.TRUNCATE) {
      forgetLoads(request, session);
      return request;
    }
    if (request.kind() != StatementKind.QUERY
        && request.kind() != StatementKind.INSERT
        && request.kind() != StatementKind.CREATE
        && request.kind() != StatementKind.MERGE) {
      return request;
    }
    TokenStream in = request.tokens();
    StringBuilder text = new StringBuilder();
    List<StagedTable> loaded = new ArrayList<>();
    int copied = 0;
    boolean afterFrom = false;
    while (in.peek().kind() != Token.Kind.END) {
      if (afterFrom && StagePath.isAt(in)) {
        if (loaded.isEmpty()) {
          dropEarlier(session);
        }
        text.append(request.text(), copied, in.peek().start());
        StagedTable table = load(in, request.text(), session);
        loaded.add(table);
        text.append(Identifier.quote(table.name()));
        copied = in.lastEnd();
        afterFrom = false;
      } else {
        Token token = in.next();
        afterFrom = token.isWord("FROM") || token.isWord("JOIN") || token.isWord("USING");
      }
    }
    if (loaded.isEmpty()) {
      return request;
    }
    tables.put(session, loaded);
    return request.withText(text.append(request.text().substring(copied)).toString());
  }

  /** TRUNCATE lets a table load its files again; the statement itself is DuckDB's. */
  private static void forgetLoads(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    in.expect("TRUNCATE");
    in.accept("TABLE");
    in.accept("IF", "EXISTS");
    LoadHistory.forget(session.resolve(in.qualifiedName()).duckDb(), session);
  }

  private StagedTable load(TokenStream in, String query, Session session) throws SQLException {
    StagePath path = StagePath.read(in);
    String pattern = null;
    FileFormat format = null;
    if (in.acceptOperator("(")) {
      do {
        String option = in.identifier().name().toUpperCase(Locale.ROOT);
        in.expectOperator("=>");
        switch (option) {
          case "PATTERN" -> pattern = in.string();
          case "FILE_FORMAT" ->
              format =
                  FileFormatClause.named(
                      QualifiedName.parse(in.string()), engine.catalog(), session);
          default -> throw SqlError.syntax("invalid option '" + option + "' of a staged file.");
        }
      } while (in.acceptOperator(","));
      in.expectOperator(")");
    }
    Stage stage = stages.find(path, session);
    return StagedTable.load(
        stage,
        stage.list(path.path(), pattern),
        format == null ? ofStage(path, session) : format,
        query,
        session);
  }

  private FileFormat ofStage(StagePath path, Session session) throws SQLException {
    CatalogObject definition = stages.definition(path, session);
    String written = definition == null ? "" : definition.attribute(Stages.FILE_FORMAT);
    return written.isEmpty() ? FileFormat.of(Map.of()) : FileFormat.fromJson(written);
  }

  /** The rows of an earlier statement of the session are read by now. */
  private void dropEarlier(Session session) throws SQLException {
    List<StagedTable> earlier = tables.remove(session);
    if (earlier != null) {
      for (StagedTable table : earlier) {
        table.drop(session);
      }
    }
  }
}
