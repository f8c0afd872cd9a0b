package io.refract.snowflake.embedded.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.embedded.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the files of named stages vanish from the disk. */
class StageLifetimeTest {

  @TempDir Path directory;

  private EmbeddedSnowflake snowflake;
  private Sql sql;
  private String put;

  @BeforeEach
  void start() throws Exception {
    snowflake = EmbeddedSnowflake.at(directory.resolve("server")).start();
    sql = Sql.to(snowflake);
    put = "PUT file://" + Files.writeString(directory.resolve("a.csv"), "1\n") + " @";
  }

  @AfterEach
  void stop() throws Exception {
    sql.close();
    snowflake.close();
  }

  /** Returns the files in the stages of the server. */
  private List<Path> staged() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("server").resolve("stages"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void a_temporary_stage_loses_its_files_with_its_session() throws Exception {
    try (Sql session = Sql.to(snowflake)) {
      session.run("CREATE TEMP STAGE passing", put + "passing");
      assertThat(staged()).hasSize(1);
    }

    assertThat(staged()).isEmpty();
  }

  @Test
  void stages_lose_their_files_with_their_schema_and_their_database() throws Exception {
    sql.run("CREATE STAGE stays", put + "stays");
    for (String drop :
        List.of(
            "DROP SCHEMA gone.place",
            "CREATE OR REPLACE SCHEMA gone.place",
            "DROP DATABASE gone",
            "CREATE OR REPLACE DATABASE gone")) {
      sql.run(
          "CREATE DATABASE IF NOT EXISTS gone",
          "CREATE SCHEMA IF NOT EXISTS gone.place",
          "CREATE STAGE gone.place.kept",
          "CREATE TEMP STAGE gone.place.passing",
          put + "gone.place.kept",
          put + "gone.place.passing");
      assertThat(staged()).as("before %s", drop).hasSize(3);

      sql.run(drop);

      assertThat(staged()).as(drop).hasSize(1);
      assertThat(sql.error("LIST @gone.place.passing").getErrorCode()).as(drop).isEqualTo(2003);
    }
    assertThat(sql.column("LIST @demo.public.stays", "name")).containsExactly("stays/a.csv.gz");
  }
}
