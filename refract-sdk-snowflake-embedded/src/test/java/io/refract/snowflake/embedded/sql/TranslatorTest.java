package io.refract.snowflake.embedded.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranslatorTest {

  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = new TestDatabase();
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  // Snowflake labels an item without an alias by its text in upper case.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select 1+1 | 1+1",
        "select count(*) | COUNT(*)",
        "select 'abc' | 'ABC'",
        "select current_database() | CURRENT_DATABASE()",
        "select x, t.x as y, \"X\" from values (1) t(x) | X,Y,X",
        "select max( x ) from values (1) t(x) | MAX( X )",
        "select $1 from values (1) | $1",
        "select column1 \"my Label\" from values (1) | my Label",
        "select * from values (1, 2) | COLUMN1,COLUMN2"
      })
  void columns_are_labelled_as_snowflake_does(String sql, String labels) {
    assertThat(database.labels(sql)).isEqualTo(labels);
  }

  // "Arithmetic operators": a quotient of scale 0 has scale 6; a sum one digit more.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select 1 | NUMBER(1,0)",
        "select 1+1 | NUMBER(2,0)",
        "select 1.50 | NUMBER(3,2)",
        "select 1/3 | NUMBER(38,6)",
        "select 'a' | VARCHAR(16777216)",
        "select 1::float, true, current_date(), current_timestamp() |"
            + " FLOAT,BOOLEAN,DATE,TIMESTAMP_LTZ(9)",
        "select parse_json('1') | VARIANT",
        "select null::number(10,2) | NUMBER(10,2)"
      })
  void columns_have_snowflakes_types(String sql, String types) {
    assertThat(database.types(sql)).isEqualTo(types);
  }

  @Test
  void binds_keep_their_places_even_when_the_translation_reads_them_in_another_order() {
    String sql = "select ? || '-' || x from (select ?::varchar x) where ? = 3 limit ?";
    assertThat(Translator.translate(sql, database).binds()).isEqualTo(4);
    assertThat(database.one(sql, "a", "b", 3, 1).rows()).isEqualTo("a-b");
    assertThat(database.one("select :2 || :1", "a", "b").rows()).isEqualTo("ba");
  }

  @Test
  void binds_are_inserted_with_the_type_of_their_column() {
    database.run("create table t(n number(10,2), s varchar, d date)");
    assertThat(
            database
                .one("insert into t values (?, ?, ?)", new BigDecimal("1.5"), "x", "2024-01-02")
                .rows())
        .isEqualTo("1");
    assertThat(database.run("select * from t")).isEqualTo("1.50\tx\t2024-01-02");
  }

  @Test
  void declared_types_come_with_the_translation() {
    Translation translation =
        Translator.translate(
            "create table db.s.t(a varchar(20) not null default 'x' comment 'c', b object, primary"
                + " key (b))",
            database);
    assertThat(translation.status()).isEqualTo("Table T successfully created.");
    assertThat(translation.target()).isEqualTo(QualifiedName.parse("db.s.t"));
    assertThat(translation.columns())
        .containsExactly(
            new ColumnDefinition(
                new Identifier("A"), SnowflakeType.varchar(20), false, "'x'", "c", false, false),
            new ColumnDefinition(
                new Identifier("B"), SnowflakeType.OBJECT, false, null, null, true, false));
  }

  @Test
  void a_views_meaning_does_not_depend_on_the_current_schema() {
    assertThat(
            Translator.translate("create view v as select * from t_missing", contextWithTable())
                .main())
        .contains("\"DB.PUBLIC\".\"T_MISSING\"");
  }

  private SqlContext contextWithTable() {
    database.run("create table t_missing(a int)");
    return database;
  }

  @Test
  void an_expression_may_refer_to_named_arguments() {
    String sql =
        Translator.expression(
            "a || b",
            database,
            List.of(
                new SqlContext.Column("A", SnowflakeType.VARCHAR),
                new SqlContext.Column("B", SnowflakeType.NUMBER)));
    assertThat(sql).isEqualTo("(\"A\" || CAST(\"B\" AS VARCHAR))");
  }

  // Functions of DuckDB that Snowflake does not have stay out of reach.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select read_text('/etc/passwd')",
        "select list_value(1)",
        "select struct_pack(a := 1)",
        "select pragma_version()",
        "select getenv('HOME')",
        "select \"read_text\"('/etc/passwd')",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('*')",
        "select * from '/etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from duckdb_settings()",
        "select * from duckdb_tables",
        "select * from sqlite_master",
        "attach 'x.db'",
        "pragma database_list",
        "install httpfs",
        "load httpfs",
        "export database 'x'",
        "copy t to 'x.csv'",
        "select 1 from values (1) t(a) using sample 1",
        "from values (1)",
        "select columns('a') from values (1) t(a)",
        "set memory_limit = '1GB'",
        "vacuum",
        "checkpoint",
        "call pragma_version()"
      })
  void nothing_of_duckdb_leaks_through(String sql) {
    assertThatThrownBy(() -> database.run(sql)).isInstanceOf(SqlError.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create stage s",
        "create user u",
        "create function f() returns int as '1'",
        "create dynamic table t as select 1",
        "undrop table t",
        "execute immediate 'select 1'",
        "insert all into t values (1) select 1",
        "select * from values (1) a(t) asof join values (1) b(t) match_condition (a.t >= b.t)",
        "select * from values (1) t(a) sample (50)",
        "select * from values (1) t(a) pivot (sum(a) for a in (1))",
        "select 'a' collate 'en-ci'",
        "select * from values (1) t(a) at (offset => -1)",
        "select interval '1 day'",
        "select a::vector(float, 3) from values (1) t(a)"
      })
  void what_is_not_covered_is_refused_by_name(String sql) {
    assertThatThrownBy(() -> database.run(sql))
        .isInstanceOfSatisfying(
            SqlError.class,
            e -> {
              assertThat(e.sqlState()).isEqualTo("0A000");
              assertThat(e.text()).startsWith("Unsupported feature '");
            });
  }

  @Test
  void json_is_printed_with_two_blanks_of_indentation() {
    assertThat(JsonText.pretty("{\"b\":[1,{\"c\":null}],\"a\":{}}"))
        .isEqualTo(
            """
            {
              "a": {},
              "b": [
                1,
                {
                  "c": null
                }
              ]
            }""");
  }

  @Test
  void the_library_names_what_it_has() {
    assertThat(FunctionLibrary.names())
        .contains("IFF", "COUNT", "ROW_NUMBER", "DATEADD", "TO_DATE", "CURRENT_USER")
        .doesNotContain("READ_CSV", "LIST");
    assertThat(FunctionLibrary.tableFunctionNames()).contains("FLATTEN", "GENERATOR");
  }
}
