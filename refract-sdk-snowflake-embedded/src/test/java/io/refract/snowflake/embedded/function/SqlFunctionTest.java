package io.refract.snowflake.embedded.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SqlFunctionTest {

  private static EmbeddedSnowflake snowflake;
  private static Sql sql;

  @BeforeAll
  static void start() throws Exception {
    snowflake = EmbeddedSnowflake.start();
    sql = Sql.to(snowflake);
    sql.run("CREATE TABLE prices (item VARCHAR, price NUMBER(10,2))");
    sql.run("INSERT INTO prices VALUES ('a', 1.5), ('b', 2.5)");
  }

  @AfterAll
  static void stop() throws Exception {
    sql.close();
    snowflake.close();
  }

  @Test
  void an_expression_is_computed_with_the_declared_types() throws Exception {
    sql.run(
        "CREATE OR REPLACE FUNCTION area(r FLOAT) RETURNS NUMBER(10,2) AS $$ 3.14159 * r * r -- pi\n$$",
        "CREATE FUNCTION both(a VARCHAR, b VARCHAR DEFAULT 'z') RETURNS VARCHAR LANGUAGE SQL AS"
            + " 'a || area(1)::VARCHAR || b'");

    assertThat(sql.rows("SELECT area(2), both('x'), both('x', 'y')"))
        .containsExactly("12.57|x3.14z|x3.14y");
    assertThat(sql.rows("SELECT item FROM prices WHERE area(price) > 10")).containsExactly("b");
  }

  @Test
  void a_query_over_a_table_works_from_another_schema_too() throws Exception {
    sql.run(
        "CREATE OR REPLACE FUNCTION price_of(i VARCHAR) RETURNS NUMBER(10,2) AS"
            + " 'SELECT MAX(price) FROM prices WHERE item = i'",
        "CREATE SCHEMA IF NOT EXISTS other",
        "USE SCHEMA public");
    assertThat(sql.rows("SELECT item, price_of(item) FROM prices ORDER BY item"))
        .containsExactly("a|1.50", "b|2.50");
    try (Sql session = Sql.to(snowflake)) {
      session.run("USE SCHEMA other");
      assertThat(session.rows("SELECT demo.public.price_of('b')")).containsExactly("2.50");
      assertThat(session.error("SELECT price_of('b')").getErrorCode()).isEqualTo(2140);
    }
  }

  @Test
  void describe_prints_the_definition_and_nothing_that_the_server_keeps_for_itself()
      throws Exception {
    sql.run("CREATE OR REPLACE FUNCTION twice(n FLOAT) RETURNS FLOAT AS 'n * 2'");

    List<String> properties =
        sql.rows("DESCRIBE FUNCTION twice(FLOAT)").stream()
            .map(row -> row.substring(0, row.indexOf('|')))
            .toList();

    assertThat(properties)
        .contains("signature", "returns", "language", "body")
        .doesNotContain("definition", "duckdb_name");
  }

  @Test
  void a_variant_argument_is_traversed() throws Exception {
    sql.run("CREATE OR REPLACE FUNCTION name_of(v VARIANT) RETURNS VARCHAR AS 'v:name::VARCHAR'");

    assertThat(sql.rows("SELECT name_of(PARSE_JSON('{\"name\": \"ana\"}'))"))
        .containsExactly("ana");
  }

  @Test
  void a_wrong_body_fails_the_create() {
    assertThat(
            sql.error("CREATE FUNCTION bad() RETURNS INT AS 'SELECT x FROM nowhere'")
                .getErrorCode())
        .isEqualTo(2003);
    assertThat(sql.error("CREATE FUNCTION bad() RETURNS INT AS 'nope(1)'").getErrorCode())
        .isEqualTo(2140);
    assertThat(sql.error("SELECT bad()").getErrorCode()).isEqualTo(2140);
  }

  @Test
  void what_is_not_covered_is_refused_by_name() {
    for (String statement :
        List.of(
            "CREATE FUNCTION f() RETURNS TABLE (n INT) AS 'SELECT 1'",
            "CREATE FUNCTION f(n INT) RETURNS INT STRICT AS 'n'",
            "CREATE FUNCTION f() RETURNS VARCHAR AS 'CURRENT_USER()'")) {
      assertThat(sql.error(statement).getSQLState()).as(statement).isEqualTo("0A000");
    }
  }
}
