package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistenceTest {

  @TempDir Path directory;

  @BeforeAll
  static void quiet() {
    QuietDriver.install();
  }

  @Test
  void what_was_committed_is_there_after_a_restart() throws Exception {
    try (EmbeddedSnowflake first = EmbeddedSnowflake.at(directory).start();
        Sql sql = Sql.to(first)) {
      sql.run(
          "CREATE TABLE KEPT (ID INT, NAME VARCHAR(20))",
          "INSERT INTO KEPT VALUES (1, 'a')",
          "CREATE SCHEMA MORE",
          "USE SCHEMA DEMO.PUBLIC",
          "CREATE FUNCTION TWICE(X NUMBER) RETURNS NUMBER LANGUAGE JAVA HANDLER = 'Two.times' AS"
              + " 'class Two { public static long times(long x) { return 2 * x; } }'",
          "BEGIN",
          "INSERT INTO KEPT VALUES (2, 'never committed')");
    }
    try (EmbeddedSnowflake second = EmbeddedSnowflake.at(directory).start();
        Sql sql = Sql.to(second)) {
      assertThat(sql.rows("SELECT * FROM KEPT")).containsExactly("1|a");
      assertThat(sql.column("DESC TABLE KEPT", "type")).contains("VARCHAR(20)");
      assertThat(sql.column("SHOW SCHEMAS", "name")).contains("MORE");
      assertThat(sql.rows("SELECT TWICE(21)")).containsExactly("42");
    }
  }

  @Test
  void what_was_committed_survives_a_kill() throws Exception {
    Process process = child();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !line.equals(PersistenceChild.READY)) {
        line = lines.readLine();
      }
      assertThat(line).isEqualTo(PersistenceChild.READY);
      assertThatThrownBy(() -> EmbeddedSnowflake.at(directory).start())
          .isInstanceOf(EmbeddedSnowflakeException.class)
          .hasMessageContaining("in use")
          .hasMessageContaining("another process");
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
    try (EmbeddedSnowflake again = EmbeddedSnowflake.at(directory).start();
        Sql sql = Sql.to(again)) {
      assertThat(sql.rows("SELECT COUNT(*), MAX(ID) FROM KEPT")).containsExactly("100|100");
    }
  }

  @Test
  void a_directory_has_one_server_at_a_time() {
    try (EmbeddedSnowflake first = EmbeddedSnowflake.at(directory).start()) {
      assertThat(first.port()).isPositive();
      assertThatThrownBy(() -> EmbeddedSnowflake.at(directory).start())
          .isInstanceOf(EmbeddedSnowflakeException.class)
          .hasMessageContaining("this process")
          .hasMessageContaining(directory.toString());
    }
    EmbeddedSnowflake.at(directory).start().close();
  }

  @Test
  void a_server_in_memory_leaves_nothing_behind() throws Exception {
    Path temporary;
    try (EmbeddedSnowflake server = EmbeddedSnowflake.start()) {
      String text = server.toString();
      temporary = Path.of(text.substring(text.indexOf(", ") + 2, text.length() - 1));
      assertThat(temporary).isDirectory();
    }
    assertThat(temporary).doesNotExist();
  }

  @Test
  void a_file_instead_of_a_directory_is_named() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() -> EmbeddedSnowflake.at(file).start())
        .isInstanceOf(EmbeddedSnowflakeException.class)
        .hasMessageContaining(file.toString());
  }

  private Process child() throws IOException {
    List<String> path = new ArrayList<>();
    for (String property : List.of("jdk.module.path", "java.class.path")) {
      String value = System.getProperty(property);
      if (value != null && !value.isEmpty()) {
        path.add(value);
      }
    }
    // On the module path the test classes are patched in and stand in neither property.
    path.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            String.join(java.io.File.pathSeparator, path),
            PersistenceChild.class.getName(),
            directory.toString())
        .redirectErrorStream(true)
        .start();
  }
}
