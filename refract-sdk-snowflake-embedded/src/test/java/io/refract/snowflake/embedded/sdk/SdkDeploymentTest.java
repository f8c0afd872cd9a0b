package io.refract.snowflake.embedded.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.refract.artifact.ModelArtifact;
import io.refract.provenance.Provenance;
import io.refract.registry.ModelRegistry;
import io.refract.registry.ModelVersion;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import io.refract.snowflake.Snowflake;
import io.refract.snowflake.deploy.Deployment;
import io.refract.snowflake.deploy.PackagePreset;
import io.refract.snowflake.function.ScalarFunction;
import io.refract.snowflake.function.UserFunction;
import io.refract.snowflake.sql.Row;
import io.refract.snowflake.stage.Stage;
import io.refract.snowflake.stage.StageFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registered T5 as a SQL function: the real driver, a real Python, the real transformers in the
 * versions of the preset. The expected outputs come from transformers itself, see check_handler.py
 * among the test resources.
 */
@Tag("slow")
class SdkDeploymentTest {

  private static final List<String> FILES =
      List.of("config.json", "generation_config.json", "model.safetensors", "tokenizer.json");

  @TempDir Path directory;

  @Test
  void a_deployed_model_says_in_sql_what_transformers_says() throws IOException {
    Python.assume();
    List<String> texts = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    for (JsonElement item : expected()) {
      texts.add(item.getAsJsonObject().get("text").getAsString());
      outputs.add(item.getAsJsonObject().get("output").getAsString());
    }
    try (SdkTarget target = SdkTarget.open()) {
      Snowflake snowflake = target.snowflake();
      Deployment plan =
          snowflake
              .deploy(version())
              .asFunction(target.namespace() + ".SHOUT")
              .batchSize(64)
              .smokeTest("abc")
              .plan();
      ScalarFunction<String, String> shout = plan.apply();

      assertThat(shout.callAll(texts)).isEqualTo(outputs);
      assertThat(shout.call(texts.get(0))).isEqualTo(outputs.get(0));
      assertThat(shout.call((String) null)).isNull();
      assertThat(shout.call(" \n")).isNull();
      inQueries(snowflake, shout, texts, outputs);
      again(snowflake, plan);
      handler(snowflake);
    }
  }

  /** Order, micro-batches, truncation, NULL, blank and bad rows: with the handler in hand. */
  private void handler(Snowflake snowflake) throws IOException {
    Path code = Files.createDirectory(directory.resolve("code"));
    Files.write(code.resolve("check_handler.py"), read("check_handler.py"));
    snowflake.stage("code").createIfMissing().put(code);
    String handler =
        snowflake.stage("LLM").list().stream()
            .filter(file -> file.fileName().endsWith(".py"))
            .findFirst()
            .orElseThrow()
            .path();
    UserFunction check =
        snowflake
            .function("check_handler")
            .returns("VARCHAR")
            .python(
                """
                import os, sys, tempfile
                import check_handler
                IMPORTS = sys._xoptions["snowflake_import_directory"]
                def run():
                    [name] = [n for n in os.listdir(IMPORTS) if n.startswith("t5_handler_")]
                    with tempfile.TemporaryDirectory() as work:
                        return check_handler.check(os.path.join(IMPORTS, name), work)
                """)
            .addImport("@code/check_handler.py")
            .addImport("@LLM/" + handler)
            .packages(PackagePreset.PYPI.packages().toArray(String[]::new))
            .handler("run")
            .createOrReplace();

    assertThat(check.call()).asString().isEqualTo("ok 4.57.6");
  }

  private static void inQueries(
      Snowflake snowflake,
      ScalarFunction<String, String> shout,
      List<String> texts,
      List<String> outputs) {
    snowflake.execute("CREATE OR REPLACE TABLE news (id INTEGER, ctext VARCHAR)");
    for (int i = 0; i < texts.size(); i++) {
      snowflake.execute("INSERT INTO news VALUES (?, ?)", i, texts.get(i));
    }
    snowflake.execute("INSERT INTO news VALUES (?, ?)", texts.size(), null);

    shout.applyTo("news", "ctext").into("shouted");

    List<@Nullable String> scored = new ArrayList<>();
    for (Row row : snowflake.query("SELECT ctext, shout FROM shouted ORDER BY id")) {
      scored.add(row.text("SHOUT"));
    }
    assertThat(scored).hasSize(texts.size() + 1).startsWith(outputs.toArray(String[]::new));
    assertThat(scored.get(texts.size())).isNull();
  }

  private static void again(Snowflake snowflake, Deployment plan) {
    Stage models = snowflake.stage("T5_P_MODEL");
    List<StageFile> before = models.list();
    assertThat(before).hasSize(4);

    plan.apply();

    assertThat(models.list()).isEqualTo(before);
  }

  private ModelVersion version() {
    return ModelRegistry.at(directory.resolve("registry"))
        .register("shouter")
        .model(new Fixture())
        .scoreWith(
            // The checkpoint asks for beams, which must not matter.
            new TextToText(
                "say \"hi\": \u00e9 ",
                new GenerationSettings(30, 9, 4).withDecoding(Decoding.defaults())))
        .provenance(Provenance.started(Instant.EPOCH).seed(7).engine("none").finish(Instant.EPOCH))
        .by("ana")
        .commit();
  }

  private static JsonArray expected() {
    return JsonParser.parseString(new String(read("tiny-t5/expected.json"), StandardCharsets.UTF_8))
        .getAsJsonArray();
  }

  private static byte[] read(String name) {
    try (InputStream in = SdkDeploymentTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the test resource " + name + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tiny checkpoint of the test resources. */
  private static final class Fixture implements ModelArtifact {
    @Override
    public String format() {
      return "t5";
    }

    @Override
    public void writeTo(Path target) {
      try {
        for (String name : FILES) {
          Files.write(target.resolve(name), read("tiny-t5/" + name));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
