package io.refract.snowflake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.RefractException;
import io.refract.registry.ModelVersion;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import io.refract.snowflake.sql.StatementFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong, a function that works stays. */
class DeploymentFailureTest {

  private final FakeAccount account = new FakeAccount();

  @TempDir Path directory;

  private ModelVersion version() {
    return TestModels.register(
        directory.resolve("registry"),
        "t5",
        TestModels.COMPLETE,
        new TextToText("summarize: ", GenerationSettings.defaults()));
  }

  private DeploymentRequest request(ModelVersion version) {
    return DeploymentRequest.of(account.session, version).asFunction("ml.public.summarize");
  }

  @Test
  void a_file_of_the_wrong_size_on_the_stage_is_an_error_before_the_function_is_touched() {
    account.session.answering(
        sql -> {
          account.stages.files.replaceAll(
              (path, content) -> path.endsWith("/tokenizer.json") ? new byte[1] : content);
          return account.answer(sql);
        });

    assertThatThrownBy(() -> request(version()).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("tokenizer.json should have 18 bytes");
    assertThat(account.session.statements).noneMatch(sql -> sql.startsWith("CREATE OR REPLACE"));
  }

  @Test
  void a_changed_registry_is_found_before_anything_is_sent() throws IOException {
    ModelVersion version = version();
    Deployment plan = request(version).plan();
    Path weights = version.modelDirectory().resolve("model.safetensors");
    weights.toFile().setWritable(true);
    Files.writeString(weights, "changed");

    assertThatThrownBy(plan::apply)
        .isInstanceOf(RefractException.class)
        .hasMessageContaining("model.safetensors");
    assertThat(account.session.statements).isEmpty();
  }

  @Test
  void a_role_that_may_not_create_schemas_can_deploy_into_one_that_exists() {
    account.session.answering(
        sql -> {
          if (sql.startsWith("CREATE SCHEMA") || sql.startsWith("CREATE STAGE")) {
            throw new Refused("42501");
          }
          return account.answer(sql);
        });

    assertThat(request(version()).plan().apply()).isNotNull();
    account.session.answering(
        sql -> {
          throw new Refused("42000");
        });
    assertThatThrownBy(() -> request(version()).plan().apply()).isInstanceOf(Refused.class);
  }

  @Test
  void a_function_that_does_not_work_never_takes_the_place_of_one_that_does() {
    ModelVersion version = version();
    account.output = null;
    assertThatThrownBy(() -> request(version).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("ML.PUBLIC.SUMMARIZE was not touched")
        .hasMessageContaining("it makes null of");

    account.output = "x";
    account.ofNull = "x";
    assertThatThrownBy(() -> request(version).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("and x of NULL");

    account.session.answering(
        sql -> {
          if (sql.contains("AS NOTHING")) {
            throw new Refused("P0000");
          }
          return account.answer(sql);
        });
    assertThatThrownBy(() -> request(version).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("ML.PUBLIC.SUMMARIZE was not touched")
        .hasMessageContaining("refused");

    assertThat(account.session.statements)
        .noneMatch(sql -> sql.startsWith("CREATE OR REPLACE FUNCTION ML.PUBLIC.SUMMARIZE"))
        .filteredOn(sql -> sql.matches("DROP FUNCTION IF EXISTS ML.PUBLIC.REFRACT_TRIAL_.*"))
        .hasSize(3);
  }

  @Test
  void a_schema_that_cannot_be_created_leaves_the_current_schema_as_it_was() {
    account.session.answering(
        sql -> {
          if (sql.equals("CREATE SCHEMA IF NOT EXISTS B.Y")) {
            throw new Refused("02000");
          }
          return account.answer(sql);
        });

    assertThatThrownBy(() -> request(version()).modelStage("b.y.s").plan().apply())
        .isInstanceOf(Refused.class);
    assertThat(account.session.statements).endsWith("USE SCHEMA WORK.\"my own\"");
  }

  private static final class Refused extends RefractException implements StatementFailure {
    private static final long serialVersionUID = 1L;
    private final String state;

    Refused(String state) {
      super("refused", null);
      this.state = state;
    }

    @Override
    public String sqlState() {
      return state;
    }

    @Override
    public int vendorCode() {
      return 3001;
    }

    @Override
    public Optional<String> queryId() {
      return Optional.empty();
    }

    @Override
    public Optional<String> statement() {
      return Optional.empty();
    }
  }
}
