package io.refract.snowflake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.registry.ModelVersion;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import io.refract.snowflake.testing.RecordingSession;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan of a function holds how it decodes, and refuses what Python would decode otherwise. */
class DeployedDecodingTest {

  @TempDir Path directory;

  private DeploymentRequest request(ModelVersion version) {
    return DeploymentRequest.of(new RecordingSession(), version).asFunction("ml.public.summarize");
  }

  private String handlerOf(String name, Map<String, String> files, GenerationSettings settings) {
    String sql = request(registered(name, files, settings)).plan().sql();
    return sql.substring(sql.lastIndexOf("HANDLER = "));
  }

  private ModelVersion registered(
      String name, Map<String, String> files, GenerationSettings settings) {
    return TestModels.register(directory.resolve(name), "t5", files, new TextToText("", settings));
  }

  @Test
  void a_function_decodes_as_it_was_registered_or_else_as_its_checkpoint_says() {
    Map<String, String> beams = new HashMap<>(TestModels.COMPLETE);
    beams.put("generation_config.json", "{\"num_beams\": 4}");
    GenerationSettings settings = GenerationSettings.defaults();
    GenerationSettings greedy = settings.withDecoding(Decoding.defaults());
    ModelFiles files = ModelFiles.of(registered("a", beams, settings));
    ModelFiles overridden = ModelFiles.of(registered("b", beams, greedy));

    assertThat(decoding(files, PackagePreset.PYPI).beams().numBeams()).isEqualTo(4);
    assertThat(decoding(overridden, PackagePreset.PYPI)).isEqualTo(Decoding.defaults());
    assertThat(handlerOf("c", beams, settings)).isNotEqualTo(handlerOf("d", beams, greedy));
  }

  private static Decoding decoding(ModelFiles files, PackagePreset preset) {
    return PythonDecoding.of(files, files.generationConfig(), preset.packages());
  }

  @Test
  void a_generation_config_that_is_no_json_is_named() {
    Map<String, String> broken = new HashMap<>(TestModels.COMPLETE);
    broken.put("generation_config.json", "{\"num_beams\": 4");
    ModelVersion version = registered("a", broken, GenerationSettings.defaults());

    assertThatThrownBy(() -> request(version).plan())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("its generation_config.json cannot be used")
        .hasMessageContaining("Register a score function with a Decoding of its own.");
  }

  @Test
  void what_python_would_decode_in_another_way_is_refused_by_name() {
    Map<String, String> diverse = new HashMap<>(TestModels.COMPLETE);
    diverse.put("generation_config.json", "{\"diversity_penalty\": 0.5}");
    GenerationSettings settings = GenerationSettings.defaults();
    ModelVersion checkpoint = registered("a", diverse, settings);
    ModelVersion sampling =
        registered(
            "b",
            TestModels.COMPLETE,
            settings.withDecoding(Decoding.defaults().withDoSample(true)));
    ModelVersion beams =
        registered(
            "c", TestModels.COMPLETE, settings.withDecoding(Decoding.defaults().withNumBeams(4)));

    assertThatThrownBy(() -> request(checkpoint).plan())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("diversity_penalty");
    assertThatThrownBy(() -> request(sampling).plan())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("do_sample");
    assertThatThrownBy(() -> request(beams).packages(PackagePreset.ANACONDA).plan())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("num_beams", "transformers==4.41.2");
    assertThat(request(beams).plan().sql()).isNotEmpty();
  }
}
