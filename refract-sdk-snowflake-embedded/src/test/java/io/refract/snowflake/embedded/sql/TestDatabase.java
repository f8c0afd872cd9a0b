package io.refract.snowflake.embedded.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An in-memory DuckDB that runs Snowflake statements, in the schema DB.PUBLIC. */
final class TestDatabase implements SqlContext, AutoCloseable {

  private final Connection connection;

  TestDatabase() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    FunctionLibrary.install(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("CREATE SCHEMA \"DB.PUBLIC\"");
      statement.execute("CREATE SCHEMA \"DB.OTHER\"");
      statement.execute("SET search_path = '\"DB.PUBLIC\"'");
    }
  }

  /** Runs statements and returns the last one's rows, cells by tabs and rows by newlines. */
  String run(String script) {
    String result = "";
    for (io.refract.snowflake.embedded.sql.Statement each :
        io.refract.snowflake.embedded.sql.Statement.split(script)) {
      result = one(each.text()).rows();
    }
    return result;
  }

  /** The labels of a query, with commas between them. */
  String labels(String sql) {
    return one(sql).labels();
  }

  /** The Snowflake types of a query's columns, with commas between them. */
  String types(String sql) {
    return one(sql).types();
  }

  record Answer(String labels, String types, String rows) {}

  Answer one(String sql, Object... binds) {
    Translation translation = Translator.translate(sql, this);
    Answer answer = new Answer("", "", "");
    for (String text : translation.statements()) {
      try (PreparedStatement statement = connection.prepareStatement(text)) {
        for (int i = 0; i < binds.length; i++) {
          statement.setObject(i + 1, binds[i]);
        }
        if (statement.execute()) {
          try (ResultSet rows = statement.getResultSet()) {
            answer = read(rows);
          }
        } else {
          answer = new Answer("", "", String.valueOf(statement.getUpdateCount()));
        }
      } catch (SQLException e) {
        throw ErrorMapper.map(e);
      }
    }
    return answer;
  }

  private static Answer read(ResultSet rows) throws SQLException {
    ResultSetMetaData meta = rows.getMetaData();
    List<String> labels = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      labels.add(meta.getColumnLabel(i));
      types.add(SnowflakeType.fromDuckDb(meta.getColumnTypeName(i)).sql());
    }
    List<String> lines = new ArrayList<>();
    while (rows.next()) {
      List<String> cells = new ArrayList<>();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        Object value = rows.getObject(i);
        cells.add(
            value instanceof java.math.BigDecimal number
                ? number.toPlainString()
                : String.valueOf(value));
      }
      lines.add(String.join("\t", cells));
    }
    return new Answer(String.join(",", labels), String.join(",", types), String.join("\n", lines));
  }

  @Override
  public @Nullable Identifier currentDatabase() {
    return new Identifier("DB");
  }

  @Override
  public @Nullable Identifier currentSchema() {
    return new Identifier("PUBLIC");
  }

  @Override
  public @Nullable String contextValue(String function) {
    return function.equals("CURRENT_WAREHOUSE") ? null : "the " + function;
  }

  @Override
  public @Nullable String queryId(int index) {
    return index == 0 ? null : "query " + index;
  }

  @Override
  public Optional<String> variable(String name) {
    return name.equals("LIMIT_VALUE") ? Optional.of("2") : Optional.empty();
  }

  @Override
  public Optional<String> userFunction(QualifiedName name, int arguments) {
    return Optional.empty();
  }

  @Override
  public Optional<String> tableFunction(QualifiedName name, List<String> arguments) {
    return Optional.empty();
  }

  @Override
  public List<Column> columns(QualifiedName table) {
    QualifiedName.Full full = table.resolve(currentDatabase(), currentSchema());
    List<Column> columns = new ArrayList<>();
    String sql =
        "SELECT column_name, data_type FROM duckdb_columns() WHERE (schema_name = ? OR database_name = 'temp') AND"
            + " table_name = ? ORDER BY column_index";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, full.duckDbSchema());
      statement.setString(2, full.name().name());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.add(new Column(rows.getString(1), SnowflakeType.fromDuckDb(rows.getString(2))));
        }
      }
    } catch (SQLException e) {
      throw ErrorMapper.map(e);
    }
    return columns;
  }

  @Override
  public Set<String> namesakes(QualifiedName name) {
    QualifiedName.Full full = name.resolve(currentDatabase(), currentSchema());
    Set<String> names = new TreeSet<>();
    for (String kind : List.of("table", "view", "sequence")) {
      String sql =
          "SELECT %s_name FROM duckdb_%ss() WHERE (schema_name = ? OR database_name = 'temp') AND %s_name ILIKE ?"
              .replace("%s", kind);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, full.duckDbSchema());
        statement.setString(2, full.name().name());
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            names.add(rows.getString(1));
          }
        }
      } catch (SQLException e) {
        throw ErrorMapper.map(e);
      }
    }
    return names;
  }

  @Override
  public Optional<String> tableDefinition(QualifiedName table) {
    QualifiedName.Full full = table.resolve(currentDatabase(), currentSchema());
    String sql = "SELECT sql FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, full.duckDbSchema());
      statement.setString(2, full.name().name());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw ErrorMapper.map(e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
