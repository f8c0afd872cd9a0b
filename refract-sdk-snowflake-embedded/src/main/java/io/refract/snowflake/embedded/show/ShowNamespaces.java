package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Catalog;
import io.refract.snowflake.embedded.engine.Session;
import java.sql.SQLException;

/** SHOW DATABASES and SHOW SCHEMAS. */
final class ShowNamespaces {

  private static final String YES = "Y";
  private static final String NO = "N";

  private ShowNamespaces() {}

  static Table databases(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name is_default is_current origin owner comment options retention_time"
                + " kind budget owner_role_type");
    for (Catalog.Database database : session.engine().catalog().databases(session)) {
      if (clauses.wants(database.name())) {
        table.add(
            database.createdOn(),
            database.name(),
            NO,
            isCurrent(session, database.name()) ? YES : NO,
            "",
            database.owner(),
            database.comment(),
            "",
            "1",
            "STANDARD",
            null,
            "ROLE");
      }
    }
    return table.limit(clauses.limit());
  }

  static Table schemas(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name is_default is_current database_name owner comment options"
                + " retention_time owner_role_type budget");
    for (Catalog.Schema schema : session.engine().catalog().schemas(session)) {
      if (clauses.wants(schema.name())
          && (clauses.database() == null || clauses.database().name().equals(schema.database()))) {
        boolean current =
            isCurrent(session, schema.database())
                && session.schema() != null
                && session.schema().name().equals(schema.name());
        table.add(
            schema.createdOn(),
            schema.name(),
            NO,
            current ? YES : NO,
            schema.database(),
            schema.owner(),
            schema.comment(),
            "",
            "1",
            schema.owner().isEmpty() ? "" : "ROLE",
            null);
      }
    }
    return table.limit(clauses.limit());
  }

  private static boolean isCurrent(Session session, String database) {
    return session.database() != null && session.database().name().equals(database);
  }
}
