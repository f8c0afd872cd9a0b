package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlContext;
import io.refract.snowflake.embedded.sql.SqlError;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names in the body of a function: they belong to the schema of the function. */
final class BodyContext implements SqlContext {

  private final SqlContext session;
  private final QualifiedName.Full function;

  BodyContext(SqlContext session, QualifiedName.Full function) {
    this.session = session;
    this.function = function;
  }

  @Override
  public @Nullable Identifier currentDatabase() {
    return function.database();
  }

  @Override
  public @Nullable Identifier currentSchema() {
    return function.schema();
  }

  @Override
  public @Nullable String contextValue(String name) {
    // Its value would be the one at CREATE, not the one of the call.
    throw SqlError.unsupported(name + " in the body of a function in SQL");
  }

  @Override
  public @Nullable String queryId(int index) {
    throw SqlError.unsupported("LAST_QUERY_ID in the body of a function in SQL");
  }

  @Override
  public Optional<String> variable(String name) {
    throw SqlError.unsupported("session variable " + name + " in the body of a function in SQL");
  }

  @Override
  public Optional<String> userFunction(QualifiedName name, int arguments) {
    return session.userFunction(qualified(name), arguments);
  }

  @Override
  public Optional<String> tableFunction(QualifiedName name, List<String> arguments) {
    return session.tableFunction(qualified(name), arguments);
  }

  @Override
  public List<Column> columns(QualifiedName table) {
    return session.columns(qualified(table));
  }

  @Override
  public Set<String> namesakes(QualifiedName name) {
    return session.namesakes(qualified(name));
  }

  @Override
  public Optional<String> tableDefinition(QualifiedName table) {
    return session.tableDefinition(qualified(table));
  }

  private QualifiedName qualified(QualifiedName name) {
    QualifiedName.Full full = name.resolve(function.database(), function.schema());
    return new QualifiedName(full.database(), full.schema(), full.name());
  }
}
