package io.refract.snowflake.embedded.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the statements of {@code statements.txt} in their order on one database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatementsTest {

  private static final String ARROW = " ==> ";

  private TestDatabase database;

  @BeforeAll
  void open() throws SQLException {
    database = new TestDatabase();
  }

  @AfterAll
  void close() throws SQLException {
    database.close();
  }

  static Stream<String> cases() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(StatementsTest.class.getResourceAsStream("statements.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void statements_give_what_the_documentation_states(String line) {
    int arrow = line.indexOf(ARROW);
    String expected = line.substring(arrow + ARROW.length());
    String actual;
    try {
      actual = database.run(line.substring(0, arrow)).replace("\t", " ; ").replace("\n", " / ");
    } catch (SqlError e) {
      actual = "ERR " + e.code() + " " + e.sqlState() + " " + e.text().replace("\n", " ");
    }
    if (expected.startsWith("ERR")) {
      assertThat(actual).startsWith(expected);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
