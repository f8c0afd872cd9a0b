package io.refract.snowflake.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.refract.RefractException;
import io.refract.registry.ModelVersion;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.ScoreFunction;
import io.refract.scoring.TextModel;
import io.refract.scoring.TextToText;
import io.refract.snowflake.testing.RecordingSession;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be deployed is complete and of a kind that Python can run; the rest is refused. */
class DeployedModelsTest {

  private static final TextToText FUNCTION =
      new TextToText("summarize: ", GenerationSettings.defaults());

  @TempDir Path directory;

  private ModelVersion version() {
    return TestModels.register(directory.resolve("registry"), "t5", TestModels.COMPLETE, FUNCTION);
  }

  private DeploymentRequest request(ModelVersion version) {
    return DeploymentRequest.of(new RecordingSession(), version).asFunction("ml.public.summarize");
  }

  @Test
  void an_adapter_goes_with_its_base_and_half_of_one_is_refused() {
    Map<String, String> files = new HashMap<>(TestModels.COMPLETE);
    files.put("adapter_config.json", "{}");
    files.put("adapter_model.safetensors", "pairs");
    ModelVersion both = TestModels.register(directory.resolve("both"), "t5", files, FUNCTION);
    files.remove("adapter_model.safetensors");
    ModelVersion half = TestModels.register(directory.resolve("half"), "t5", files, FUNCTION);

    assertThat(request(both).plan().sql())
        .contains("/adapter_config.json'", "/adapter_model.safetensors'");
    assertThatThrownBy(() -> request(half).plan())
        .isInstanceOf(RefractException.class)
        .hasMessageContaining("adapter_model.safetensors");
  }

  @Test
  void other_score_functions_are_refused_with_what_to_do() {
    ModelVersion version =
        TestModels.register(
            directory.resolve("registry"), "t5", TestModels.COMPLETE, new Shouting());

    assertThatThrownBy(() -> request(version))
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("DeployedModelsTest$Shouting")
        .hasMessageContaining("TextToText");
  }

  @Test
  void other_formats_and_incomplete_models_are_refused() {
    assertThatThrownBy(
            () ->
                request(
                    TestModels.register(
                        directory.resolve("a"), "onnx", TestModels.COMPLETE, FUNCTION)))
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("'onnx'");
    assertThatThrownBy(
            () ->
                request(
                        TestModels.register(
                            directory.resolve("b"), "t5", Map.of("config.json", "{}"), FUNCTION))
                    .plan())
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("no file model.safetensors");
    assertThatThrownBy(() -> DeploymentRequest.of(new RecordingSession(), version()).plan())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("asFunction");
  }

  /** A score function that only a JVM can run. */
  public static final class Shouting implements ScoreFunction<String, String> {

    /** Creates one. */
    public Shouting() {}

    @Override
    public List<String> score(TextModel model, List<String> inputs) {
      return inputs;
    }
  }
}
