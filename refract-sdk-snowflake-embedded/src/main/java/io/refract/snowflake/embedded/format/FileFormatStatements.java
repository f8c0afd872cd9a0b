package io.refract.snowflake.embedded.format;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.CreateMode;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** CREATE FILE FORMAT and DROP FILE FORMAT. */
public final class FileFormatStatements implements StatementHandler {

  /** The attribute of a file format with all its options. */
  static final String OPTIONS = "options";

  private final Engine engine;

  /** Makes the handler of an engine's file formats. */
  public FileFormatStatements(Engine engine) {
    this.engine = engine;
  }

  @Override
  public boolean accepts(Request request) {
    TokenStream in = request.tokens();
    if (request.kind() == StatementKind.CREATE) {
      in.expect("CREATE");
      if (!in.accept("OR", "REPLACE")) {
        in.accept("OR", "ALTER");
      }
      if (!in.accept("TEMP") && !in.accept("TEMPORARY")) {
        in.accept("VOLATILE");
      }
      return in.at("FILE", "FORMAT");
    }
    return in.at("DROP", "FILE", "FORMAT") || in.at("ALTER", "FILE", "FORMAT");
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    if (in.at("ALTER") || in.at("CREATE", "OR", "ALTER")) {
      throw SqlError.unsupported("ALTER FILE FORMAT");
    }
    return in.accept("CREATE") ? create(in, session) : drop(in, session);
  }

  private Result create(TokenStream in, Session session) throws SQLException {
    CreateMode mode = CreateMode.orReplace(in);
    boolean temporary = in.accept("TEMP") || in.accept("TEMPORARY") || in.accept("VOLATILE");
    in.expect("FILE", "FORMAT");
    CreateMode effective = mode.ifNotExists(in);
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    Map<String, String> written = new LinkedHashMap<>();
    String comment = "";
    while (!in.atEnd()) {
      if (in.accept("COMMENT")) {
        in.acceptOperator("=");
        comment = in.string();
      } else {
        FileFormatClause.option(in, written);
      }
      in.acceptOperator(",");
    }
    FileFormat format = FileFormat.of(written);
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("type", format.type().name());
    attributes.put("format_options", format.display());
    attributes.put("comment", comment);
    attributes.put(OPTIONS, format.toJson());
    CatalogObject object =
        CatalogObject.create(ObjectKind.FILE_FORMAT, name, "", temporary, session, attributes);
    boolean created =
        session.transactions().ddl(() -> engine.catalog().create(session, object, effective));
    return Result.status(
        created
            ? "File format " + name.name().sql() + " successfully created."
            : name.name().sql() + " already exists, statement succeeded.");
  }

  private Result drop(TokenStream in, Session session) throws SQLException {
    in.expect("DROP", "FILE", "FORMAT");
    boolean ifExists = in.accept("IF", "EXISTS");
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    in.expectEnd();
    boolean dropped =
        session
            .transactions()
            .ddl(() -> engine.catalog().drop(session, ObjectKind.FILE_FORMAT, name, ""));
    if (dropped) {
      return Result.status(name.name().sql() + " successfully dropped.");
    }
    if (!ifExists) {
      throw SqlError.missingObject("File format", name.sql());
    }
    return Result.status(
        "Drop statement executed successfully (" + name.name().sql() + " already dropped).");
  }
}
