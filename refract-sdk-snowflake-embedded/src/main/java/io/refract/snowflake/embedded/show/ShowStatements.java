package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.RowCursor;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.show.ShowClauses.Bare;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.List;

/** SHOW: reads what kind of objects is asked for and lists them. */
public final class ShowStatements implements StatementHandler {

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.SHOW;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    return table(request, session).result(StatementType.SHOW);
  }

  @Override
  public Result describe(Request request, Session session) throws SQLException {
    // Listing changes nothing, so its columns are found by doing it.
    return Result.of(
        StatementType.SHOW, table(request, session).columns(), RowCursor.of(List.of()));
  }

  private static Table table(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    in.expect("SHOW");
    if (in.accept("TERSE")) {
      throw SqlError.unsupported("SHOW TERSE");
    }
    if (in.accept("DATABASES")) {
      return ShowNamespaces.databases(session, ShowClauses.read(in, session, Bare.DATABASE));
    }
    if (in.accept("SCHEMAS")) {
      return ShowNamespaces.schemas(session, ShowClauses.read(in, session, Bare.DATABASE));
    }
    if (in.accept("TABLES")) {
      return ShowRelations.tables(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("VIEWS")) {
      return ShowRelations.views(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("OBJECTS")) {
      return ShowRelations.objects(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("COLUMNS")) {
      return ShowRelations.columns(session, ShowClauses.read(in, session, Bare.TABLE));
    }
    if (in.accept("PRIMARY", "KEYS")) {
      return ShowRelations.primaryKeys(session, ShowClauses.read(in, session, Bare.TABLE));
    }
    if (in.accept("IMPORTED", "KEYS") || in.accept("EXPORTED", "KEYS")) {
      return ShowRelations.foreignKeys(session, ShowClauses.read(in, session, Bare.TABLE));
    }
    if (in.accept("STAGES")) {
      return ShowObjects.stages(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("FILE", "FORMATS")) {
      return ShowObjects.fileFormats(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("FUNCTIONS") || in.accept("USER", "FUNCTIONS")) {
      return ShowObjects.functions(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("PROCEDURES") || in.accept("USER", "PROCEDURES")) {
      return ShowObjects.procedures(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    if (in.accept("STREAMS")) {
      return ShowObjects.streams(session, ShowClauses.read(in, session, Bare.SCHEMA));
    }
    return ShowSession.table(in, session);
  }
}
