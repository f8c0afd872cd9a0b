package io.refract.snowflake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.RefractException;
import io.refract.progress.ProgressEvent;
import io.refract.registry.ModelVersion;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import io.refract.snowflake.function.ScalarFunction;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.sql.StatementFailure;
import io.refract.snowflake.testing.FakeStages;
import io.refract.snowflake.testing.RecordingSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentTest {

  private static final TextToText FUNCTION =
      new TextToText("summarize: ", new GenerationSettings(512, 150, 8));

  private final FakeStages stages = new FakeStages();
  private final RecordingSession session = new RecordingSession().answering(this::answer);
  private @Nullable String output = "a summary";
  private @Nullable String ofNull;

  @TempDir Path directory;

  private List<Row> answer(String sql) {
    if (sql.startsWith("SELECT CURRENT_DATABASE()")) {
      return List.of(new Row(List.of("DATABASE_NAME", "SCHEMA_NAME"), List.of("WORK", "my own")));
    }
    if (sql.contains("AS NOTHING")) {
      return List.of(new Row(List.of("OUTPUT", "NOTHING"), Arrays.asList(output, ofNull)));
    }
    return stages.to(sql);
  }

  private ModelVersion version() {
    return TestModels.register(directory.resolve("registry"), "t5", TestModels.COMPLETE, FUNCTION);
  }

  private DeploymentRequest request(ModelVersion version) {
    return DeploymentRequest.of(session, version).asFunction("ml.public.summarize");
  }

  @Test
  void a_plan_shows_every_statement_in_its_order_and_sends_nothing() {
    ModelVersion version = version();
    Path workspace = directory.resolve("workspace");

    Deployment plan =
        request(version)
            .modelStage("T5_P_MODEL")
            .tokenizerStage("T5_P_TOKENIZER")
            .functionStage("LLM")
            .plan(ObjectName.parse("ml.public.summarize"), workspace);

    String model = version.modelDirectory().toString();
    String create =
        """
            CREATE OR REPLACE FUNCTION ML.PUBLIC.SUMMARIZE(TEXT VARCHAR)
              COPY GRANTS
              RETURNS VARCHAR
              LANGUAGE PYTHON
              CALLED ON NULL INPUT
              IMMUTABLE
              RUNTIME_VERSION = '3.12'
              COMMENT = 'Refract SDK: news version 1, content sha256 %s'
              IMPORTS = ('%s%s.py', '%sconfig.json', '%smodel.safetensors', '%sgeneration_config.json', '%stokenizer.json', '%stokenizer_config.json', '%sspecial_tokens_map.json')
              PACKAGES = ('transformers==4.57.6', 'torch==2.13.0', 'tokenizers==0.22.2', 'safetensors==0.8.0', 'numpy==2.4.6', 'pandas==2.3.3')
              ARTIFACT_REPOSITORY = SNOWFLAKE.SNOWPARK.PYPI_SHARED_REPOSITORY
              HANDLER = '%s.score'"""
            .formatted(
                contentDigest(),
                handlerDirectory(),
                handler().module(),
                MODEL,
                MODEL,
                MODEL,
                TOKENIZER,
                TOKENIZER,
                TOKENIZER,
                handler().module());
    String trial =
        "ML.PUBLIC.REFRACT_TRIAL_" + sha256(create).substring(0, 12).toUpperCase(Locale.ROOT);
    assertThat(plan.statements())
        .containsExactly(
            "SELECT CURRENT_DATABASE() AS DATABASE_NAME, CURRENT_SCHEMA() AS SCHEMA_NAME",
            "CREATE SCHEMA IF NOT EXISTS ML.PUBLIC",
            "CREATE STAGE IF NOT EXISTS ML.PUBLIC.T5_P_MODEL",
            "CREATE STAGE IF NOT EXISTS ML.PUBLIC.T5_P_TOKENIZER",
            "CREATE STAGE IF NOT EXISTS ML.PUBLIC.LLM",
            "LIST " + MODEL,
            put(model + "/config.json", MODEL),
            put(model + "/model.safetensors", MODEL),
            put(model + "/generation_config.json", MODEL),
            "LIST " + MODEL,
            put(workspace + "/model/complete-" + MODEL_SHA256 + ".sha256", MODEL),
            "LIST " + TOKENIZER,
            put(model + "/tokenizer.json", TOKENIZER),
            put(model + "/tokenizer_config.json", TOKENIZER),
            put(model + "/special_tokens_map.json", TOKENIZER),
            "LIST " + TOKENIZER,
            put(workspace + "/tokenizer/complete-" + TOKENIZER_SHA256 + ".sha256", TOKENIZER),
            "LIST " + handlerDirectory(),
            put(workspace + "/function/" + handler().module() + ".py", handlerDirectory()),
            "LIST " + handlerDirectory(),
            put(
                workspace + "/function/complete-" + handlerDigest() + ".sha256",
                handlerDirectory()),
            create.replace("FUNCTION ML.PUBLIC.SUMMARIZE(", "FUNCTION " + trial + "("),
            "SELECT %1$s('The quick brown fox jumps over the lazy dog.') AS OUTPUT, %1$s(NULL::VARCHAR) AS NOTHING"
                .formatted(trial),
            "DROP FUNCTION IF EXISTS " + trial + "(VARCHAR)",
            create);
    assertThat(plan.sql()).startsWith("-- ").contains("\nCREATE SCHEMA IF NOT EXISTS ML.PUBLIC;\n");
    assertThat(plan.toString())
        .contains("news version 1", "ML.PUBLIC.SUMMARIZE(VARCHAR)", "7 files");
    assertThat(session.statements).isEmpty();
    assertThat(workspace).doesNotExist();
  }

  // sha256sum of the files, then sha256sum of what that prints; by coreutils, not by the SDK.
  private static final String MODEL_SHA256 =
      "990326dfefdf583a1259ebb4996f97e874fc1f8ef2a95be202f6ab1cdabb25d0";
  private static final String TOKENIZER_SHA256 =
      "e060ac8ef638cf27791da4a9aec79c7632861254f999a7612147d4d09855e5a3";
  private static final String MODEL =
      "@ML.PUBLIC.T5_P_MODEL/news/1-" + MODEL_SHA256.substring(0, 12) + "/";
  private static final String TOKENIZER =
      "@ML.PUBLIC.T5_P_TOKENIZER/news/1-" + TOKENIZER_SHA256.substring(0, 12) + "/";

  private static PythonHandler handler() {
    return PythonHandler.of(FUNCTION, Decoding.defaults(), 64, 1);
  }

  private static String handlerDigest() {
    return sha256(handler().sha256() + "  " + handler().module() + ".py\n");
  }

  private static String handlerDirectory() {
    return "@ML.PUBLIC.LLM/news/1-" + handlerDigest().substring(0, 12) + "/";
  }

  private static String contentDigest() {
    return sha256(MODEL_SHA256 + "\n" + TOKENIZER_SHA256 + "\n" + handlerDigest() + "\n");
  }

  private static String sha256(String text) {
    return com.google.common.hash.Hashing.sha256()
        .hashString(text, java.nio.charset.StandardCharsets.UTF_8)
        .toString();
  }

  private static String put(String file, String stage) {
    return "PUT 'file://" + file + "' " + stage + " PARALLEL=8 AUTO_COMPRESS=FALSE OVERWRITE=TRUE";
  }

  @Test
  void applying_sends_exactly_the_plan_and_comes_back_to_the_current_schema() {
    Deployment plan = request(version()).plan();

    ScalarFunction<String, String> function = plan.apply();

    List<String> sent = new ArrayList<>(session.statements);
    assertThat(sent.remove(2)).isEqualTo("USE SCHEMA WORK.\"my own\"");
    assertThat(sent).isEqualTo(plan.statements());
    assertThat(function.name().sql()).isEqualTo("ML.PUBLIC.SUMMARIZE");
  }

  @Test
  void applying_again_uploads_nothing() {
    ModelVersion version = version();
    request(version).plan().apply();
    session.statements.clear();

    request(version).plan().apply();

    assertThat(session.statements).noneMatch(sql -> sql.startsWith("PUT"));
    assertThat(session.statements).anyMatch(sql -> sql.startsWith("CREATE OR REPLACE FUNCTION"));
  }

  @Test
  void a_directory_without_its_marker_is_sent_again_over_what_is_there() {
    ModelVersion version = version();
    request(version).plan().apply();
    Map<String, byte[]> complete = new HashMap<>(stages.files);
    String weights = find("model.safetensors");
    stages.files.put(weights, new byte[] {1, 2, 3, 4, 5, 6, 7});
    stages
        .files
        .keySet()
        .removeIf(path -> path.contains("T5_P_MODEL") && path.contains("complete-"));

    request(version).plan().apply();

    assertThat(stages.files.get(weights)).asString().isEqualTo("weights");
    assertThat(stages.files.keySet()).isEqualTo(complete.keySet());
  }

  @Test
  void a_killed_upload_leaves_no_marker_and_no_function() {
    ModelVersion version = version();
    for (int survived = 1; survived < 26; survived++) {
      stages.files.clear();
      session.statements.clear();
      int limit = survived;
      session.answering(
          sql -> {
            if (session.statements.size() > limit) {
              throw new IllegalStateException("killed");
            }
            return answer(sql);
          });
      assertThatThrownBy(() -> request(version).plan().apply()).hasMessage("killed");
      for (String stage : List.of("T5_P_MODEL/", "T5_P_TOKENIZER/", "LLM/")) {
        long files = stages.files.keySet().stream().filter(path -> path.startsWith(stage)).count();
        boolean marked =
            stages.files.keySet().stream()
                .anyMatch(path -> path.startsWith(stage) && path.contains("complete-"));
        assertThat(marked).isEqualTo(files == (stage.equals("LLM/") ? 2 : 4));
      }
      session.answering(this::answer);
      request(version).plan().apply();
      assertThat(stages.files).hasSize(10);
    }
  }

  @Test
  void a_file_of_the_wrong_size_on_the_stage_is_an_error_before_the_function_is_touched() {
    session.answering(
        sql -> {
          stages.files.replaceAll(
              (path, content) -> path.endsWith("/tokenizer.json") ? new byte[1] : content);
          return answer(sql);
        });

    assertThatThrownBy(() -> request(version()).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("tokenizer.json should have 18 bytes");
    assertThat(session.statements).noneMatch(sql -> sql.startsWith("CREATE OR REPLACE"));
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
    assertThat(session.statements).isEmpty();
  }

  @Test
  void a_role_that_may_not_create_schemas_can_deploy_into_one_that_exists() {
    session.answering(
        sql -> {
          if (sql.startsWith("CREATE SCHEMA") || sql.startsWith("CREATE STAGE")) {
            throw new Refused("42501");
          }
          return answer(sql);
        });

    assertThat(request(version()).plan().apply()).isNotNull();
    session.answering(
        sql -> {
          throw new Refused("42000");
        });
    assertThatThrownBy(() -> request(version()).plan().apply()).isInstanceOf(Refused.class);
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

  @Test
  void a_function_that_does_not_work_never_takes_the_place_of_one_that_does() {
    ModelVersion version = version();
    output = null;
    assertThatThrownBy(() -> request(version).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("ML.PUBLIC.SUMMARIZE was not touched")
        .hasMessageContaining("it makes null of");

    output = "x";
    ofNull = "x";
    assertThatThrownBy(() -> request(version).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("and x of NULL");

    session.answering(
        sql -> {
          if (sql.contains("AS NOTHING")) {
            throw new Refused("P0000");
          }
          return answer(sql);
        });
    assertThatThrownBy(() -> request(version).plan().apply())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("ML.PUBLIC.SUMMARIZE was not touched")
        .hasMessageContaining("refused");

    assertThat(session.statements)
        .noneMatch(sql -> sql.startsWith("CREATE OR REPLACE FUNCTION ML.PUBLIC.SUMMARIZE"))
        .filteredOn(sql -> sql.matches("DROP FUNCTION IF EXISTS ML.PUBLIC.REFRACT_TRIAL_.*"))
        .hasSize(3);
  }

  @Test
  void a_schema_that_cannot_be_created_leaves_the_current_schema_as_it_was() {
    session.answering(
        sql -> {
          if (sql.equals("CREATE SCHEMA IF NOT EXISTS B.Y")) {
            throw new Refused("02000");
          }
          return answer(sql);
        });

    assertThatThrownBy(() -> request(version()).modelStage("b.y.s").plan().apply())
        .isInstanceOf(Refused.class);
    assertThat(session.statements).endsWith("USE SCHEMA WORK.\"my own\"");
  }

  @Test
  void progress_ends_with_all_bytes_also_when_nothing_was_sent() {
    ModelVersion version = version();
    request(version).plan().apply();
    List<ProgressEvent> events = new ArrayList<>();

    request(version).plan().apply(events::add);

    assertThat(events.get(0).done()).isZero();
    assertThat(events.get(events.size() - 1).finished()).isTrue();
  }

  @Test
  void a_registry_whose_path_has_a_quote_is_deployed_through_links() {
    ModelVersion version =
        TestModels.register(directory.resolve("it's"), "t5", TestModels.COMPLETE, FUNCTION);

    request(version).plan().apply();

    assertThat(stages.files.get(find("model.safetensors"))).asString().isEqualTo("weights");
    assertThat(version.modelDirectory().resolve("model.safetensors")).hasContent("weights");
  }

  @Test
  void one_stage_can_take_everything() {
    request(version()).modelStage("s").tokenizerStage("s").functionStage("s").plan().apply();

    assertThat(new TreeSet<>(stages.files.keySet())).hasSize(10).allMatch(p -> p.startsWith("S/"));
  }

  @Test
  void the_anaconda_preset_names_its_repository_and_versions() {
    String sql =
        request(version()).packages(PackagePreset.ANACONDA).batchSize(10).secure().plan().sql();

    assertThat(sql)
        .contains(
            "CREATE OR REPLACE SECURE FUNCTION",
            "RUNTIME_VERSION = '3.11'",
            "'transformers==4.41.2', 'pytorch==2.5.1', 'tokenizers==0.19.1'",
            "ARTIFACT_REPOSITORY = SNOWFLAKE.SNOWPARK.ANACONDA_SHARED_REPOSITORY");
  }

  private String find(String part) {
    return stages.files.keySet().stream()
        .filter(path -> path.contains(part))
        .findFirst()
        .orElseThrow();
  }
}
