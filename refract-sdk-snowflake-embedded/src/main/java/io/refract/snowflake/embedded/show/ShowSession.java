package io.refract.snowflake.embedded.show;

import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.SessionParameters;
import io.refract.snowflake.embedded.engine.SessionVariable;
import io.refract.snowflake.embedded.show.ShowClauses.Bare;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.Map;

/** SHOW PARAMETERS, VARIABLES, WAREHOUSES and ROLES: what belongs to the session. */
final class ShowSession {

  private ShowSession() {}

  static Table table(TokenStream in, Session session) throws SQLException {
    if (in.accept("PARAMETERS")) {
      return parameters(session, ShowClauses.read(in, session, Bare.SESSION));
    }
    if (in.accept("VARIABLES")) {
      return variables(session, ShowClauses.read(in, session, Bare.SESSION));
    }
    if (in.accept("WAREHOUSES")) {
      return warehouses(session, ShowClauses.read(in, session, Bare.SESSION));
    }
    if (in.accept("ROLES")) {
      return roles(session, ShowClauses.read(in, session, Bare.SESSION));
    }
    throw SqlError.unsupported("SHOW " + in.rest());
  }

  private static Table parameters(Session session, ShowClauses clauses) {
    Table table = new Table("key value default level description type");
    for (Map.Entry<String, Object> parameter : session.parameters().all().entrySet()) {
      if (clauses.wants(parameter.getKey())) {
        table.add(
            parameter.getKey(),
            parameter.getValue().toString(),
            String.valueOf(SessionParameters.defaultOf(parameter.getKey())),
            session.parameters().isChanged(parameter.getKey()) ? "SESSION" : "",
            "",
            parameter.getValue() instanceof Boolean
                ? "BOOLEAN"
                : parameter.getValue() instanceof Long ? "NUMBER" : "STRING");
      }
    }
    return table.limit(clauses.limit());
  }

  private static Table variables(Session session, ShowClauses clauses) {
    Table table = new Table("session_id:n created_on:t updated_on:t name value type comment");
    for (Map.Entry<String, SessionVariable> variable : session.variables().entrySet()) {
      if (clauses.wants(variable.getKey())) {
        table.add(
            session.id(),
            null,
            null,
            variable.getKey(),
            variable.getValue().text(),
            variable.getValue().type().wireName(),
            "");
      }
    }
    return table.limit(clauses.limit());
  }

  /** The embedded Snowflake has no warehouses but the one whose name the session uses. */
  private static Table warehouses(Session session, ShowClauses clauses) {
    Table table =
        new Table(
            "name state type size min_cluster_count:n max_cluster_count:n started_clusters:n"
                + " running:n queued:n is_default is_current auto_suspend:n auto_resume available"
                + " provisioning quiescing other created_on:t resumed_on:t updated_on:t owner"
                + " comment enable_query_acceleration query_acceleration_max_scale_factor:n"
                + " resource_monitor actives:n pendings:n failed:n suspended:n uuid"
                + " scaling_policy budget owner_role_type");
    String name = session.warehouse();
    if (name != null && clauses.wants(name)) {
      table.add(
          name,
          "STARTED",
          "STANDARD",
          "X-Small",
          1L,
          1L,
          1L,
          0L,
          0L,
          "N",
          "Y",
          null,
          "true",
          "100",
          "0",
          "0",
          "0");
    }
    return table;
  }

  /** Roles are names without privileges here; the session has its current one. */
  private static Table roles(Session session, ShowClauses clauses) {
    Table table =
        new Table(
            "created_on:t name is_default is_current is_inherited assigned_to_users:n"
                + " granted_to_roles:n granted_roles:n owner comment");
    if (clauses.wants(session.role())) {
      table.add(null, session.role(), "N", "Y", "N", 1L, 0L, 0L, "", "");
    }
    return table;
  }
}
