package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.google.common.base.Throwables;
import com.google.common.io.MoreFiles;
import io.refract.train.testing.ChildJvm;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any JDBC query, and Parquet files, with the real driver of DuckDB. */
class DatabaseTest {

  @TempDir private Path temp;
  private Connection database;

  @BeforeEach
  void open() throws SQLException {
    database = DriverManager.getConnection("jdbc:duckdb:");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private void run(String... statements) throws SQLException {
    try (Statement statement = database.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Each reading gets a connection of its own to the same database. */
  private ConnectionSource connections() {
    return () -> database.unwrap(org.duckdb.DuckDBConnection.class).duplicate();
  }

  private QueryReader query(String sql) {
    return Dataset.query(connections(), sql).source("request").target("category");
  }

  private Path parquet(String select) throws SQLException {
    Path file = temp.resolve("rows.parquet");
    run("COPY (" + select + ") TO '" + file + "' (FORMAT parquet)");
    return file;
  }

  @Test
  void a_query_becomes_a_data_set() throws SQLException {
    run(
        "CREATE TABLE tickets (id INTEGER, request VARCHAR, category VARCHAR)",
        "INSERT INTO tickets VALUES (3, 'it''s late', 'late'), (1, 'lost', 'card'),"
            + " (2, NULL, 'card'), (4, 'x', NULL), (5, '', 'card'), (6, 'y', 'other')");
    Dataset data =
        query("SELECT * FROM tickets WHERE category IS DISTINCT FROM ? ORDER BY id")
            .binds("other")
            .read();
    assertThat(data.examples())
        .containsExactly(new Example("lost", "card"), new Example("it's late", "late"));
    assertThat(data.report().rowsRead()).isEqualTo(5);
    assertThat(data.report().emptyCells()).isEqualTo(3);
    assertThat(data.provenance().name())
        .isEqualTo("the query SELECT * FROM tickets WHERE category IS DISTINCT FROM ? ORDER BY id");
  }

  @Test
  void the_digest_is_that_of_the_texts_in_their_order() throws SQLException {
    run("CREATE TABLE t AS SELECT 's' || i AS request, 't' || i AS category, i FROM range(9) r(i)");
    String ascending = query("SELECT * FROM t ORDER BY i").read().digest();
    List<Example> same = query("SELECT * FROM t ORDER BY i").read().examples();
    assertThat(Dataset.of(same).digest()).isEqualTo(ascending);
    assertThat(query("SELECT * FROM t ORDER BY i DESC").read().digest()).isNotEqualTo(ascending);
  }

  @Test
  void numbers_dates_and_booleans_are_texts_and_names_need_no_case() throws SQLException {
    assertThat(query("SELECT 12.50 AS REQUEST, DATE '2026-01-02' AS Category").read().examples())
        .containsExactly(new Example("12.50", "2026-01-02"));
  }

  @Test
  void a_data_source_gives_the_connection() {
    DataSource pool =
        (DataSource)
            Proxy.newProxyInstance(
                DatabaseTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> connections().open());
    assertThat(
            Dataset.query(pool, "SELECT 'a' AS x, 'b' AS y")
                .source("x")
                .target("y")
                .read()
                .examples())
        .containsExactly(new Example("a", "b"));
  }

  @Test
  void what_a_query_lacks_is_told() {
    assertThatThrownBy(() -> query("SELECT 1 AS request, 2 AS label").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has no column category. Its columns are: request, label.")
        .hasMessageContaining("SELECT 1 AS request");
    assertThatThrownBy(() -> query("SELECT [1] AS request, 'b' AS category").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the column request is of type")
        .hasMessageContaining("CAST");
    assertThatThrownBy(() -> query("SELECT * FROM no_such_table").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no_such_table does not exist")
        .hasMessageEndingWith("SELECT * FROM no_such_table");
    assertThatThrownBy(() -> query("SELECT 'a' AS request, 'b' AS category WHERE false").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not one of its rows can be used");
    assertThatIllegalStateException()
        .isThrownBy(() -> Dataset.query(connections(), "SELECT 1").source("a").read())
        .withMessageContaining("name the target column of the query SELECT 1 first");
  }

  @Test
  void no_secret_of_a_statement_or_an_address_is_repeated() {
    QueryReader reader =
        query("SELECT * FROM nowhere WHERE token = 'hunter2'").binds("bound secret");
    assertThat(reader.toString()).contains("token = '***'");
    assertThatThrownBy(reader::read)
        .hasMessageContaining("token = '***'")
        .extracting(Throwables::getStackTraceAsString, STRING)
        .doesNotContain("hunter2", "bound secret");
    assertThatThrownBy(
            () -> query("SELECT no FROM t WHERE token = '" + "x".repeat(100_000) + "'").read())
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("token = '***'");
    QueryReader unreachable =
        Dataset.query(
                () -> DriverManager.getConnection("jdbc:none:x?user=ana&password=hunter2&ssl=true"),
                "SELECT 1")
            .source("a")
            .target("b");
    assertThatThrownBy(unreachable::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("password='***'&ssl=true")
        .hasStackTraceContaining("DriverManager.getConnection")
        .extracting(Throwables::getStackTraceAsString, STRING)
        .doesNotContain("hunter2");
  }

  @Test
  void connections_are_closed_whatever_happens() {
    AtomicInteger open = new AtomicInteger();
    ConnectionSource counting =
        () -> {
          open.incrementAndGet();
          return (Connection)
              Proxy.newProxyInstance(
                  DatabaseTest.class.getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                      open.decrementAndGet();
                    }
                    try {
                      return method.invoke(database, arguments);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
        };
    assertThatThrownBy(
            () -> Dataset.query(counting, "SELECT nothing").source("a").target("b").read())
        .isInstanceOf(DataException.class);
    assertThat(open).hasValue(0);
  }

  @Test
  void a_parquet_file_is_read_in_its_order_with_the_digest_of_its_bytes()
      throws SQLException, IOException {
    Path file =
        parquet(
            "SELECT 'source ' || i AS \"c text\", CASE WHEN i % 10 = 7 THEN NULL ELSE i END AS text"
                + " FROM range(25000) r(i)");
    Dataset data = Dataset.parquet(file).source("c text").target("text").read();
    assertThat(data.size()).isEqualTo(22_500);
    assertThat(data.report().emptyCells()).isEqualTo(2_500);
    assertThat(data.examples().get(0)).isEqualTo(new Example("source 0", "0"));
    assertThat(data.examples().get(22_499)).isEqualTo(new Example("source 24999", "24999"));
    assertThat(data.digest())
        .isEqualTo(
            MoreFiles.asByteSource(file).hash(com.google.common.hash.Hashing.sha256()).toString());
    assertThat(data.provenance().name()).isEqualTo(file.toString());
  }

  @Test
  void the_name_of_a_parquet_file_is_no_pattern() throws SQLException, IOException {
    Path file = parquet("SELECT 'right' AS a, 'x' AS b");
    Path odd = temp.resolve("it's [1] *.parquet");
    Files.move(file, odd);
    parquet("SELECT 'wrong' AS a, 'x' AS b");
    assertThat(Dataset.parquet(odd).source("a").target("b").read().examples())
        .containsExactly(new Example("right", "x"));
  }

  @Test
  void what_a_parquet_file_lacks_is_told() throws SQLException, IOException {
    Path file = parquet("SELECT 'a' AS article, 'b' AS summary");
    assertThatThrownBy(() -> Dataset.parquet(file).source("ctext").target("summary").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Cannot read the data in " + file)
        .hasMessageContaining("ctext")
        .hasMessageContaining("article");
    Path none = temp.resolve("none.parquet");
    assertThatThrownBy(() -> Dataset.parquet(none).source("a").target("b").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("there is no such file");
    Files.writeString(none, "no parquet at all");
    assertThatThrownBy(() -> Dataset.parquet(none).source("a").target("b").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.parquet");
  }

  @Test
  void without_duckdb_a_parquet_file_says_which_library_reads_it() throws Exception {
    Path file = parquet("SELECT 'a' AS a, 'b' AS b");
    ChildJvm child =
        ChildJvm.run(
            ParquetChild.class, entry -> !entry.contains("duckdb"), List.of(), file.toString());
    assertThat(child.output())
        .startsWith("Cannot read the data in " + file)
        .contains("Add the dependency org.duckdb:duckdb_jdbc");
  }
}
