package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What follows the kind of objects in SHOW: LIKE, IN, STARTS WITH, LIMIT.
 *
 * @param like names have to match it as a whole, in any case; null for all
 * @param startsWith names have to begin with it, in this case; null for all
 * @param database objects of this database only, or null for all
 * @param schema objects of this schema only, or null for all
 * @param table columns or keys of this table only, or null for all
 * @param limit the most rows
 * @param after only names behind this one, or null
 */
record ShowClauses(
    @Nullable Pattern like,
    @Nullable String startsWith,
    @Nullable Identifier database,
    @Nullable Identifier schema,
    @Nullable Identifier table,
    int limit,
    @Nullable String after) {

  /** What a bare name behind IN means. */
  enum Bare {
    DATABASE,
    SCHEMA,
    TABLE,
    SESSION
  }

  /** Reads the clauses up to the end of the statement. */
  static ShowClauses read(TokenStream in, Session session, Bare bare) throws SQLException {
    Pattern like = null;
    String startsWith = null;
    int limit = Integer.MAX_VALUE;
    String after = null;
    Place place = Place.current(session, bare);
    if (in.accept("HISTORY")) {
      throw SqlError.unsupported("SHOW ... HISTORY");
    }
    if (in.accept("LIKE")) {
      like = pattern(in.string());
    }
    if (in.accept("IN") || in.accept("FROM")) {
      place = Place.read(in, session, bare);
    }
    if (in.accept("STARTS", "WITH")) {
      startsWith = in.string();
    }
    if (in.accept("LIMIT")) {
      limit = in.integer();
      if (in.accept("FROM")) {
        after = in.string();
      }
    }
    in.expectEnd();
    place.check(session);
    return new ShowClauses(
        like, startsWith, place.database, place.schema, place.table, limit, after);
  }

  /** Tells whether a name is asked for. */
  boolean wants(String name) {
    return (like == null || like.matcher(name).matches())
        && (startsWith == null || name.startsWith(startsWith))
        && (after == null || name.compareTo(after) > 0);
  }

  /** Tells whether the objects of a schema are asked for. */
  boolean wants(String databaseName, String schemaName) {
    return (database == null || database.name().equals(databaseName))
        && (schema == null || schema.name().equals(schemaName));
  }

  private static Pattern pattern(String like) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      if (c == '\\' && i + 1 < like.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(like.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(
        regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
  }

  /** Where to look. */
  private record Place(
      @Nullable Identifier database, @Nullable Identifier schema, @Nullable Identifier table) {

    private static final Place ACCOUNT = new Place(null, null, null);

    static Place current(Session session, Bare bare) {
      return switch (bare) {
        case SESSION -> ACCOUNT;
        case DATABASE -> new Place(session.database(), null, null);
        case SCHEMA, TABLE -> new Place(session.database(), session.schema(), null);
      };
    }

    static Place read(TokenStream in, Session session, Bare bare) {
      if (in.accept("ACCOUNT") || (bare == Bare.SESSION && in.accept("SESSION"))) {
        return ACCOUNT;
      }
      if (in.accept("DATABASE")) {
        return new Place(
            in.peek().isName() && !atClause(in) ? in.identifier() : session.requireDatabase(),
            null,
            null);
      }
      if (in.accept("SCHEMA")) {
        return in.peek().isName() && !atClause(in)
            ? schema(in.qualifiedName(), session)
            : current(session, Bare.SCHEMA);
      }
      if (in.accept("TABLE") || in.accept("VIEW")) {
        return table(in.qualifiedName(), session);
      }
      if (in.atAny("APPLICATION", "CLASS", "MODEL", "SHARE")) {
        throw SqlError.unsupported("SHOW ... IN " + in.peek().text());
      }
      return switch (bare) {
        case DATABASE -> new Place(in.identifier(), null, null);
        case SCHEMA -> schema(in.qualifiedName(), session);
        case TABLE -> table(in.qualifiedName(), session);
        case SESSION -> throw in.unexpected();
      };
    }

    private static boolean atClause(TokenStream in) {
      return in.at("STARTS", "WITH") || in.at("LIMIT");
    }

    private static Place schema(QualifiedName name, Session session) {
      Identifier database = name.schema() == null ? session.requireDatabase() : name.schema();
      return new Place(database, name.name(), null);
    }

    private static Place table(QualifiedName name, Session session) {
      QualifiedName.Full full = session.resolve(name);
      return new Place(full.database(), full.schema(), full.name());
    }

    void check(Session session) throws SQLException {
      if (database != null
          && schema == null
          && !session.engine().catalog().databaseExists(session, database)) {
        throw SqlError.missingObject("Database", database.sql());
      }
      if (database != null && schema != null) {
        session.engine().catalog().requireSchema(session, database, schema);
      }
    }
  }
}
