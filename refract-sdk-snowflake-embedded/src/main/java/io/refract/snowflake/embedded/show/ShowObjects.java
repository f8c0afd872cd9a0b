package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** SHOW STAGES, FILE FORMATS, FUNCTIONS, PROCEDURES and STREAMS. */
final class ShowObjects {

  private static final String NO = "N";
  private static final String ROLE = "ROLE";

  private ShowObjects() {}

  static Table stages(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name database_name schema_name url has_credentials has_encryption_key"
                + " owner comment region type cloud notification_channel storage_integration"
                + " endpoint owner_role_type directory_enabled");
    for (CatalogObject stage : list(session, ObjectKind.STAGE, clauses)) {
      table.add(
          stage.createdOn(),
          stage.name().name().name(),
          stage.name().database().name(),
          stage.name().schema().name(),
          "",
          NO,
          NO,
          stage.owner(),
          stage.attribute("comment"),
          null,
          stage.temporary() ? "INTERNAL TEMPORARY" : "INTERNAL",
          null,
          null,
          null,
          null,
          ROLE,
          stage.attributes().getOrDefault("directory_enabled", NO));
    }
    return table.limit(clauses.limit());
  }

  static Table fileFormats(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name database_name schema_name type owner comment format_options"
                + " owner_role_type");
    for (CatalogObject format : list(session, ObjectKind.FILE_FORMAT, clauses)) {
      table.add(
          format.createdOn(),
          format.name().name().name(),
          format.name().database().name(),
          format.name().schema().name(),
          format.attribute("type"),
          format.owner(),
          format.attribute("comment"),
          format.attribute("format_options"),
          ROLE);
    }
    return table.limit(clauses.limit());
  }

  static Table functions(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name schema_name is_builtin is_aggregate is_ansi min_num_arguments:n"
                + " max_num_arguments:n arguments description catalog_name is_table_function"
                + " valid_for_clustering is_secure secrets external_access_integrations"
                + " is_external_function language is_memoizable is_data_metric");
    for (CatalogObject function : list(session, ObjectKind.FUNCTION, clauses)) {
      table.add(
          function.createdOn(),
          function.name().name().name(),
          function.name().schema().name(),
          NO,
          function.attributes().getOrDefault("aggregate", NO),
          NO,
          count(function, "min_arguments"),
          count(function, "max_arguments"),
          function.attribute("arguments"),
          description(function, "user-defined function"),
          function.name().database().name(),
          function.attributes().getOrDefault("table_function", NO),
          NO,
          function.attributes().getOrDefault("secure", NO),
          null,
          null,
          NO,
          function.attribute("language"),
          NO,
          NO);
    }
    return table.limit(clauses.limit());
  }

  static Table procedures(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name schema_name is_builtin is_aggregate is_ansi min_num_arguments:n"
                + " max_num_arguments:n arguments description catalog_name is_table_function"
                + " valid_for_clustering is_secure secrets external_access_integrations");
    for (CatalogObject procedure : list(session, ObjectKind.PROCEDURE, clauses)) {
      table.add(
          procedure.createdOn(),
          procedure.name().name().name(),
          procedure.name().schema().name(),
          NO,
          NO,
          NO,
          count(procedure, "min_arguments"),
          count(procedure, "max_arguments"),
          procedure.attribute("arguments"),
          description(procedure, "user-defined procedure"),
          procedure.name().database().name(),
          NO,
          NO,
          procedure.attributes().getOrDefault("secure", NO),
          null,
          null);
    }
    return table.limit(clauses.limit());
  }

  /** There are no streams: CREATE STREAM is refused. */
  static Table streams(Session session, ShowClauses clauses) throws SQLException {
    return new Table(
        "created_on:t name database_name schema_name owner comment table_name source_type"
            + " base_tables type stale mode stale_after:t invalid_reason owner_role_type");
  }

  private static List<CatalogObject> list(Session session, ObjectKind kind, ShowClauses clauses)
      throws SQLException {
    List<CatalogObject> objects = new ArrayList<>();
    for (CatalogObject object :
        session.engine().catalog().list(session, kind, clauses.database(), clauses.schema())) {
      if (clauses.wants(object.name().name().name())) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static long count(CatalogObject object, String attribute) {
    String text = object.attribute(attribute);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  private static String description(CatalogObject object, String otherwise) {
    String comment = object.attribute("comment");
    return comment.isEmpty() ? otherwise : comment;
  }
}
