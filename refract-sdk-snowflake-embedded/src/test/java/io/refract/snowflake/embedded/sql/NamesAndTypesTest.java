package io.refract.snowflake.embedded.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesAndTypesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "t | T",
        "\"t\" | \"t\"",
        "\"T\" | T",
        "s.t | S.T",
        "d.s.t | D.S.T",
        "d..t | D.PUBLIC.T",
        "\"a.b\".\"c\"\"d\" | \"a.b\".\"c\"\"d\"",
        "identifier('d.\"x y\"') | D.\"x y\""
      })
  void names_are_read_and_printed_as_snowflake_does(String sql, String printed) {
    assertThat(QualifiedName.parse(sql).sql()).isEqualTo(printed);
  }

  @Test
  void missing_parts_come_from_the_session() {
    QualifiedName.Full full =
        QualifiedName.parse("t").resolve(new Identifier("DB"), new Identifier("PUBLIC"));
    assertThat(full.duckDb()).isEqualTo("\"DB.PUBLIC\".\"T\"");
    assertThatThrownBy(() -> QualifiedName.parse("t").resolve(null, null))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("090105"));
  }

  @Test
  void two_schemas_never_share_a_duckdb_schema() {
    assertThat(QualifiedName.duckDbSchema(new Identifier("A.B"), new Identifier("C")))
        .isNotEqualTo(QualifiedName.duckDbSchema(new Identifier("A"), new Identifier("B.C")));
  }

  // "Summary of data types" of Snowflake's documentation.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "number | NUMBER(38,0) | DECIMAL(38,0) | fixed",
        "decimal(10) | NUMBER(10,0) | DECIMAL(10,0) | fixed",
        "numeric(10, 2) | NUMBER(10,2) | DECIMAL(10,2) | fixed",
        "int | NUMBER(38,0) | DECIMAL(38,0) | fixed",
        "byteint | NUMBER(38,0) | DECIMAL(38,0) | fixed",
        "double precision | FLOAT | DOUBLE | real",
        "real | FLOAT | DOUBLE | real",
        "string | VARCHAR(16777216) | VARCHAR | text",
        "varchar(20) | VARCHAR(20) | VARCHAR | text",
        "char | VARCHAR(1) | VARCHAR | text",
        "char varying(7) | VARCHAR(7) | VARCHAR | text",
        "boolean | BOOLEAN | BOOLEAN | boolean",
        "date | DATE | DATE | date",
        "time(3) | TIME(3) | TIME | time",
        "datetime | TIMESTAMP_NTZ(9) | TIMESTAMP | timestamp_ntz",
        "timestamp with local time zone | TIMESTAMP_LTZ(9) | TIMESTAMP WITH TIME ZONE |"
            + " timestamp_ltz",
        "timestamp_tz(6) | TIMESTAMP_TZ(6) | TIMESTAMP WITH TIME ZONE | timestamp_tz",
        "varbinary | BINARY(8388608) | BLOB | binary",
        "variant | VARIANT | JSON | variant",
        "object | OBJECT | JSON | object",
        "array | ARRAY | JSON | array"
      })
  void types_are_read_with_their_synonyms(String sql, String text, String duckDb, String wire) {
    SnowflakeType type = SnowflakeType.parse(sql);
    assertThat(type.sql()).isEqualTo(text);
    assertThat(type.duckDb()).isEqualTo(duckDb);
    assertThat(type.wireName()).isEqualTo(wire);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vector(float, 3) | 000002",
        "geography | 000002",
        "number(39) | 002004",
        "number(5,6) | 002004",
        "varchar(0) | 002004",
        "flaot | 002040",
        "number( | 001003"
      })
  void what_is_no_type_is_refused(String sql, String code) {
    assertThatThrownBy(() -> SnowflakeType.parse(sql))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DECIMAL(12,2) | NUMBER(12,2)",
        "BIGINT | NUMBER(38,0)",
        "HUGEINT | NUMBER(38,0)",
        "DOUBLE | FLOAT",
        "VARCHAR | VARCHAR(16777216)",
        "TIMESTAMP WITH TIME ZONE | TIMESTAMP_LTZ(9)",
        "JSON | VARIANT"
      })
  void duckdb_types_come_back(String duckDb, String text) {
    assertThat(SnowflakeType.fromDuckDb(duckDb).sql()).isEqualTo(text);
  }

  @Test
  void a_result_of_a_type_that_snowflake_lacks_is_refused() {
    assertThatThrownBy(() -> SnowflakeType.fromDuckDb("STRUCT(a INTEGER)"))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.sqlState()).isEqualTo("0A000"));
  }
}
