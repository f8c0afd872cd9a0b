package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Notes;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.SQLException;
import java.util.List;

/** SHOW TABLES, VIEWS, OBJECTS, COLUMNS and KEYS. */
final class ShowRelations {

  private static final String OFF = "OFF";
  private static final String NO = "N";
  private static final String ROLE = "ROLE";
  private static final String RETENTION = "1";

  private ShowRelations() {}

  static Table tables(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name database_name schema_name kind comment cluster_by rows:n bytes:n"
                + " owner retention_time automatic_clustering change_tracking search_optimization"
                + " search_optimization_progress search_optimization_bytes is_external"
                + " enable_schema_evolution owner_role_type is_event budget is_hybrid is_iceberg"
                + " is_dynamic is_immutable");
    for (Relation relation : Relation.list(session, clauses)) {
      if (!relation.view() && clauses.wants(relation.name()) && table.size() < clauses.limit()) {
        table.add(
            relation.createdOn(),
            relation.name(),
            relation.schema().database(),
            relation.schema().name(),
            relation.kind(),
            relation.notes().get(Notes.COMMENT),
            "",
            relation.rows(session),
            null,
            relation.owner(),
            RETENTION,
            OFF,
            OFF,
            OFF,
            null,
            null,
            NO,
            NO,
            ROLE,
            NO,
            null,
            NO,
            NO,
            NO,
            NO);
      }
    }
    return table;
  }

  static Table views(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name reserved database_name schema_name owner comment text is_secure"
                + " is_materialized owner_role_type change_tracking");
    for (Relation relation : Relation.list(session, clauses)) {
      if (relation.view() && clauses.wants(relation.name()) && table.size() < clauses.limit()) {
        table.add(
            relation.createdOn(),
            relation.name(),
            "",
            relation.schema().database(),
            relation.schema().name(),
            relation.owner(),
            relation.notes().get(Notes.COMMENT),
            relation.notes().get(Notes.TEXT),
            "false",
            "false",
            relation.owner().isEmpty() ? "" : ROLE,
            OFF);
      }
    }
    return table;
  }

  static Table objects(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t name database_name schema_name kind comment cluster_by rows:n bytes:n"
                + " owner retention_time owner_role_type budget is_hybrid is_dynamic");
    for (Relation relation : Relation.list(session, clauses)) {
      if (clauses.wants(relation.name()) && table.size() < clauses.limit()) {
        table.add(
            relation.createdOn(),
            relation.name(),
            relation.schema().database(),
            relation.schema().name(),
            relation.kind(),
            relation.notes().get(Notes.COMMENT),
            "",
            relation.rows(session),
            null,
            relation.owner(),
            relation.view() ? null : RETENTION,
            relation.owner().isEmpty() ? "" : ROLE,
            null,
            NO,
            NO);
      }
    }
    return table;
  }

  static Table columns(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "table_name schema_name column_name data_type null? default kind expression comment"
                + " database_name autoincrement schema_evolution_record");
    for (Relation relation : relations(session, clauses)) {
      for (TableColumn column : TableColumn.of(session, relation)) {
        if (clauses.wants(column.name()) && table.size() < clauses.limit()) {
          table.add(
              relation.name(),
              relation.schema().name(),
              column.name(),
              column.typeJson(),
              column.nullable() ? "true" : "NOT_NULL",
              column.defaultValue() == null ? "" : column.defaultValue(),
              "COLUMN",
              "",
              column.notes().get(Notes.COMMENT),
              relation.schema().database(),
              "",
              null);
        }
      }
    }
    return table;
  }

  static Table primaryKeys(Session session, ShowClauses clauses) throws SQLException {
    Table table =
        new Table(
            "created_on:t database_name schema_name table_name column_name key_sequence:n"
                + " constraint_name rely comment");
    for (Relation relation : relations(session, clauses)) {
      for (TableColumn column : TableColumn.of(session, relation)) {
        if (column.primaryKey()) {
          table.add(
              relation.createdOn(),
              relation.schema().database(),
              relation.schema().name(),
              relation.name(),
              column.name(),
              Long.valueOf(column.notes().get(Notes.PRIMARY_KEY)),
              "SYS_CONSTRAINT_" + relation.name(),
              "false",
              null);
        }
      }
    }
    return table;
  }

  static Table foreignKeys(Session session, ShowClauses clauses) throws SQLException {
    relations(session, clauses);
    ShowClauses everywhere = new ShowClauses(null, null, null, null, null, Integer.MAX_VALUE, null);
    for (Relation relation : Relation.list(session, everywhere)) {
      // A declared key is not kept, so no list of keys is complete once there is one.
      if (!relation.notes().get(Notes.FOREIGN_KEY).isEmpty()) {
        throw SqlError.unsupported("SHOW of foreign keys");
      }
    }
    return new Table(
        "created_on:t pk_database_name pk_schema_name pk_table_name pk_column_name"
            + " fk_database_name fk_schema_name fk_table_name fk_column_name key_sequence:n"
            + " update_rule delete_rule fk_name pk_name deferrability rely comment");
  }

  private static List<Relation> relations(Session session, ShowClauses clauses)
      throws SQLException {
    List<Relation> relations = Relation.list(session, clauses);
    if (clauses.table() != null
        && clauses.database() != null
        && clauses.schema() != null
        && relations.isEmpty()) {
      throw SqlError.missingObject(
          new QualifiedName.Full(clauses.database(), clauses.schema(), clauses.table()).sql());
    }
    return relations;
  }
}
