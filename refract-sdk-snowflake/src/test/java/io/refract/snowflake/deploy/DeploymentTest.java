package io.refract.snowflake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.progress.ProgressEvent;
import io.refract.registry.ModelVersion;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import io.refract.snowflake.function.ScalarFunction;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.testing.FakeStages;
import io.refract.snowflake.testing.RecordingSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentTest {

  private static final TextToText FUNCTION =
      new TextToText("summarize: ", new GenerationSettings(512, 150, 8));

  private final FakeAccount account = new FakeAccount();
  private final FakeStages stages = account.stages;
  private final RecordingSession session = account.session;

  @TempDir Path directory;

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
            create
                .replace("FUNCTION ML.PUBLIC.SUMMARIZE(", "TEMPORARY FUNCTION " + trial + "(")
                .replace("  COPY GRANTS\n", ""),
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
            return account.answer(sql);
          });
      assertThatThrownBy(() -> request(version).plan().apply()).hasMessage("killed");
      for (String stage : List.of("T5_P_MODEL/", "T5_P_TOKENIZER/", "LLM/")) {
        long files = stages.files.keySet().stream().filter(path -> path.startsWith(stage)).count();
        boolean marked =
            stages.files.keySet().stream()
                .anyMatch(path -> path.startsWith(stage) && path.contains("complete-"));
        assertThat(marked).isEqualTo(files == (stage.equals("LLM/") ? 2 : 4));
      }
      session.answering(account::answer);
      request(version).plan().apply();
      assertThat(stages.files).hasSize(10);
    }
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
