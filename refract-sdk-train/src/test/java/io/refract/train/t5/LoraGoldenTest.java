package io.refract.train.t5;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.JsonObject;
import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.device.ComputeDevice;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.optim.Objective;
import io.refract.train.t5.Golden.GoldenBatch;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters that Hugging Face peft wrote, and what peft computes with them: its defaults; rsLoRA on
 * every linear layer; a regular expression with other ranks and alphas for some layers. Tolerances
 * as in {@link GoldenParityTest}.
 */
@ParameterizedClass
@ValueSource(strings = {"defaults", "rslora", "patterns"})
class LoraGoldenTest {

  private static final float LOGITS = 2e-4f;
  private static final float LOSS = 1e-5f;
  private static final float GRADIENT = 2e-5f;
  private static final float MERGED = 1e-6f;

  @TempDir Path folder;

  private final NDManager engine = NDManager.newBaseManager("PyTorch");
  private final Path directory;
  private final Golden golden;
  private final T5Adapter adapter;
  private final T5ArrayNetwork network;

  LoraGoldenTest(String form) throws IOException {
    directory = Golden.resource("/golden/lora/" + form);
    JsonObject expected = Golden.json(directory.resolve("expected.json"));
    golden = Golden.load(expected.get("base").getAsString());
    Map<String, NDArray> base = golden.network(engine).parameters();
    adapter = T5AdapterFiles.load(directory, base, engine);
    T5Config config = T5Config.load(golden.directory());
    network = new T5ArrayNetwork(config, adapter.manager(), base, adapter, Execution.DEFAULT);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private float[] expected(String name) {
    return Golden.floats(directory.resolve("expected.safetensors"), name);
  }

  @Test
  void logits_loss_and_greedy_ids_are_those_of_peft() throws IOException {
    GoldenBatch batch = golden.batches().get(0);
    int maxNewTokens = golden.maxNewTokens();
    List<List<Integer>> ids = GradMode.off(() -> checkForward(batch, maxNewTokens));
    String generated = Golden.json(directory.resolve("expected.json")).get("generated").toString();
    assertThat(ids.toString().replace(" ", "")).isEqualTo(generated);
    assertThat(ids).isNotEqualTo(batch.generated());
  }

  private List<List<Integer>> checkForward(GoldenBatch batch, int maxNewTokens) {
    try (NDManager scope = network.manager().newSubManager()) {
      EncoderOutput encoded = network.encode(scope, batch.batch(), Dropout.NONE);
      float[] logits = network.logits(encoded, batch.batch(), Dropout.NONE).toFloatArray();
      assertThat(logits).containsExactly(expected("logits"), within(LOGITS));
      float loss = expected("loss")[0];
      NDArray sum = network.lossSum(encoded, batch.batch(), Dropout.NONE, Objective.CROSS_ENTROPY);
      assertThat(sum.getFloat() / batch.batch().targetTokens())
          .isCloseTo(loss, within(LOSS * loss));
      T5Config config = T5Config.load(golden.directory());
      GenerationConfig generation =
          new GenerationConfig(
              config.decoderStartTokenId(), config.eosTokenIds(), config.padTokenId(), Map.of());
      try (StepDecoder decoder = network.stepDecoder(encoded, maxNewTokens)) {
        return Golden.greedy(scope, decoder, batch.batch(), generation, maxNewTokens).stream()
            .map(row -> Arrays.stream(row).boxed().toList())
            .toList();
      }
    }
  }

  @Test
  void gradients_of_a_and_b_are_those_of_peft_and_the_base_has_none() throws IOException {
    network.trainableParameters().values().forEach(p -> p.setRequiresGradient(true));
    GradMode.on(this::backward);
    assertThat(network.trainableParameters()).isEqualTo(adapter.parameters()).isNotEmpty();
    adapter
        .parameters()
        .forEach(
            (name, parameter) -> {
              float[] wanted = expected("gradient." + name);
              float largest = 1e-3f;
              for (float value : wanted) {
                largest = Math.max(largest, Math.abs(value));
              }
              try (NDArray gradient = parameter.getGradient()) {
                assertThat(gradient.toFloatArray())
                    .as(name)
                    .containsExactly(wanted, within(largest * GRADIENT));
              }
            });
    assertThat(network.parameters().values()).noneMatch(NDArray::hasGradient);
  }

  private float backward() {
    GoldenBatch batch = golden.batches().get(0);
    try (NDManager scope = network.manager().newSubManager()) {
      NDArray mean =
          network
              .lossSum(scope, batch.batch(), Dropout.NONE, Objective.CROSS_ENTROPY)
              .div(batch.batch().targetTokens());
      JniUtils.backward((PtNDArray) mean, (PtNDArray) mean.onesLike(), false, false);
      return mean.getFloat();
    }
  }

  @Test
  void blocks_that_are_computed_twice_and_copies_give_the_same_gradients() {
    T5Network recomputing = network.with(new Execution(false, true));
    T5Network copy = network.copyTo(ComputeDevice.cpu());
    try (NDManager own = copy.manager()) {
      for (T5Network other : List.of(recomputing, copy)) {
        other.trainableParameters().values().forEach(p -> p.setRequiresGradient(true));
        GoldenBatch batch = golden.batches().get(0);
        try (NDManager scope = other.manager().newSubManager()) {
          other.backward(scope, batch.batch(), Dropout.NONE, Objective.CROSS_ENTROPY);
        }
        assertThat(other.parameters().values()).noneMatch(NDArray::hasGradient);
        other
            .trainableParameters()
            .forEach(
                (name, parameter) -> {
                  try (NDArray gradient = parameter.getGradient();
                      NDArray mean = gradient.div(batch.batch().targetTokens())) {
                    assertThat(mean.toFloatArray())
                        .as(name)
                        .containsExactly(expected("gradient." + name), within(1e-4f));
                  }
                });
      }
      assertThat(own.isOpen()).isTrue();
    }
  }

  @Test
  void merging_changes_the_weights_that_peft_changes_and_as_peft_does() throws IOException {
    assertThat(adapter.byWeight()).isNotEmpty();
    try (SafetensorsReader stored =
        SafetensorsReader.open(directory.resolve("expected.safetensors"))) {
      assertThat(stored.tensors().keySet().stream().filter(name -> name.startsWith("merged.")))
          .containsExactlyInAnyOrderElementsOf(
              adapter.byWeight().keySet().stream().map(name -> "merged." + name).toList());
    }
    try (NDManager scope = engine.newSubManager()) {
      adapter
          .byWeight()
          .forEach(
              (name, addition) -> {
                NDArray weight = requireNonNull(network.parameters().get(name));
                assertThat(weight.add(addition.change(scope)).toFloatArray())
                    .as(name)
                    .containsExactly(expected("merged." + name), within(MERGED));
              });
    }
  }

  @Test
  void an_adapter_is_written_as_peft_wrote_it() throws IOException {
    T5AdapterFiles.save(folder, adapter, "golden/base");
    assertThat(folder.resolve("adapter_model.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("adapter_model.safetensors"));
    JsonObject peft = Golden.json(directory.resolve("adapter_config.json"));
    Golden.json(folder.resolve("adapter_config.json"))
        .entrySet()
        .forEach(
            entry -> {
              if (entry.getKey().equals("target_modules") && entry.getValue().isJsonArray()) {
                assertThat(entry.getValue().getAsJsonArray())
                    .containsExactlyInAnyOrderElementsOf(peft.get(entry.getKey()).getAsJsonArray());
              } else if (!entry.getKey().equals("base_model_name_or_path")) {
                assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(peft.get(entry.getKey()));
              }
            });
  }
}
