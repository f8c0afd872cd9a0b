package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlContext;
import io.refract.snowflake.embedded.sql.SqlError;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the translator asks about one session. */
final class SessionContext implements SqlContext {

  private static final String ACCOUNT = "EMBEDDED";
  private static final String NOT_KNOWN_HERE = "context function ";

  private final Session session;
  private final String statement;

  SessionContext(Session session, String statement) {
    this.session = session;
    this.statement = statement;
  }

  @Override
  public @Nullable Identifier currentDatabase() {
    return session.database();
  }

  @Override
  public @Nullable Identifier currentSchema() {
    return session.schema();
  }

  @Override
  public @Nullable String contextValue(String function) {
    return switch (function.toUpperCase(Locale.ROOT)) {
      case "CURRENT_USER" -> session.user();
      case "CURRENT_ROLE" -> session.role();
      case "CURRENT_WAREHOUSE" -> session.warehouse();
      case "CURRENT_ACCOUNT", "CURRENT_ACCOUNT_NAME", "CURRENT_ORGANIZATION_NAME" -> ACCOUNT;
      case "CURRENT_REGION" -> "EMBEDDED";
      case "CURRENT_VERSION" -> Session.SERVER_VERSION;
      case "CURRENT_SESSION" -> Long.toString(session.id());
      case "CURRENT_CLIENT" -> "JDBC";
      case "CURRENT_IP_ADDRESS" -> "127.0.0.1";
      case "CURRENT_STATEMENT" -> statement;
      case "CURRENT_TRANSACTION" -> transaction();
      case "CURRENT_AVAILABLE_ROLES" -> "[ \"" + session.role() + "\" ]";
      case "CURRENT_SECONDARY_ROLES" -> "{\"roles\":\"\",\"value\":\"\"}";
      case "LAST_QUERY_ID" -> session.queryId(-1);
      default -> throw SqlError.unsupported(NOT_KNOWN_HERE + function);
    };
  }

  @Override
  public @Nullable String queryId(int index) {
    return session.queryId(index);
  }

  private @Nullable String transaction() {
    var startedAt = session.transactions().startedAt();
    return startedAt == null ? null : Long.toString(startedAt.toEpochMilli() * 1_000_000L);
  }

  @Override
  public Optional<String> variable(String name) {
    SessionVariable variable = session.variables().get(name);
    return variable == null ? Optional.empty() : Optional.of(variable.duckDb());
  }

  @Override
  public Optional<String> userFunction(QualifiedName name, int arguments) {
    try {
      for (FunctionResolver resolver : session.engine().functions()) {
        Optional<String> found = resolver.scalar(session, name, arguments);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    } catch (SQLException e) {
      throw DuckDbErrors.toSnowflake(e);
    }
  }

  @Override
  public Optional<String> tableFunction(QualifiedName name, List<String> arguments) {
    try {
      if (!name.isQualified() && name.name().name().equals("RESULT_SCAN")) {
        return Optional.of(ResultScan.table(session, arguments));
      }
      for (FunctionResolver resolver : session.engine().functions()) {
        Optional<String> found = resolver.table(session, name, arguments);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    } catch (SQLException e) {
      throw DuckDbErrors.toSnowflake(e);
    }
  }

  @Override
  public List<Column> columns(QualifiedName table) {
    try {
      return TableColumns.columns(session, table);
    } catch (SQLException e) {
      throw DuckDbErrors.toSnowflake(e);
    }
  }

  @Override
  public Set<String> namesakes(QualifiedName name) {
    try {
      return TableColumns.namesakes(session, name);
    } catch (SQLException e) {
      throw DuckDbErrors.toSnowflake(e);
    }
  }

  @Override
  public Optional<String> tableDefinition(QualifiedName table) {
    try {
      return TableColumns.definition(session, table);
    } catch (SQLException e) {
      throw DuckDbErrors.toSnowflake(e);
    }
  }
}
