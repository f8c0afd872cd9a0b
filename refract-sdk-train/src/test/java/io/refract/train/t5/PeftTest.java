package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.refract.scoring.GenerationSettings;
import io.refract.train.T5Trainer;
import io.refract.train.data.Batch;
import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.lora.LoraConfig;
import io.refract.train.lora.LoraTargets;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import io.refract.train.testing.TransformersPython;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters and merged models that cross to the real peft and transformers, and back. */
class PeftTest {

  /** Relative to the largest logit. */
  private static final float LOGITS = 1e-5f;

  private static final int MAX_NEW_TOKENS = 12;

  private static final Batch BATCH =
      new Batch(
          2,
          6,
          3,
          new long[] {40, 51, 62, 73, 84, 1, 95, 106, 117, 1, 0, 0},
          new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0},
          new long[] {30, 41, 1, 52, 1, -100},
          5);

  private static final Dataset EXAMPLES =
      Dataset.of(
          List.of(
              new Example("the card was refused", "card"),
              new Example("the phone does not work", "phone"),
              new Example("again and again", "again"),
              new Example("after 14 days", "14")));

  private static final LoraConfig WIDE =
      LoraConfig.defaults()
          .withRank(4)
          .withAlpha(16)
          .withRsLora(true)
          .withTargets(LoraTargets.allLinear());

  @TempDir Path folder;

  private record Answer(List<Float> logits, List<List<Integer>> generated) {}

  private Map<String, Object> request(Path base) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("base", base.toString());
    request.put("rows", BATCH.rows());
    request.put("input_ids", BATCH.inputIds());
    request.put("attention_mask", BATCH.attentionMask());
    request.put("labels", BATCH.labels());
    request.put("max_new_tokens", MAX_NEW_TOKENS);
    return request;
  }

  private List<Answer> ask(TransformersPython python, List<Map<String, Object>> requests)
      throws Exception {
    Path request = folder.resolve("request.json");
    Path answer = folder.resolve("answer.json");
    Files.writeString(request, new Gson().toJson(requests));
    python.run("check_adapters.py", request, answer);
    return new Gson()
        .fromJson(Files.readString(answer), new TypeToken<List<Answer>>() {}.getType());
  }

  private static void assertEqualOutputs(T5Model model, Answer answer) {
    float[] logits = logits(model);
    float largest = 0;
    for (float logit : logits) {
      largest = Math.max(largest, Math.abs(logit));
    }
    float[] theirs = new float[answer.logits().size()];
    for (int i = 0; i < theirs.length; i++) {
      theirs[i] = answer.logits().get(i);
    }
    assertThat(logits).containsExactly(theirs, within(largest * LOGITS));
    List<int[]> sources =
        List.of(Arrays.copyOfRange(ints(), 0, 6), Arrays.copyOfRange(ints(), 6, 10));
    List<List<Integer>> generated =
        model.generateIds(sources, new GenerationSettings(32, MAX_NEW_TOKENS, 2)).stream()
            .map(row -> Arrays.stream(row).boxed().toList())
            .toList();
    assertThat(generated).isEqualTo(answer.generated());
  }

  private static int[] ints() {
    return Arrays.stream(BATCH.inputIds()).mapToInt(Math::toIntExact).toArray();
  }

  private static float[] logits(T5Model model) {
    T5Network network = T5Access.network(model);
    return GradMode.off(
        () -> {
          try (NDManager scope = network.manager().newSubManager()) {
            EncoderOutput encoded = network.encode(scope, BATCH, Dropout.NONE);
            return network.logits(encoded, BATCH, Dropout.NONE).toFloatArray();
          }
        });
  }

  private static void train(T5Model model) {
    T5Trainer.of(model).data(EXAMPLES).epochs(4).batchSize(2).learningRate(2e-2).train();
  }

  @Test
  void an_adapter_trained_here_computes_the_same_in_peft() throws Exception {
    TransformersPython python = TransformersPython.requirePeft();
    List<Map<String, Object>> requests = new ArrayList<>();
    List<T5Model> models = new ArrayList<>();
    for (boolean tied : new boolean[] {true, false}) {
      Path base = folder.resolve("base-" + tied);
      try (T5Model model = T5ModelTest.create(tied, 3)) {
        model.save(base);
        T5Model tuned = model.withAdapter(tied ? LoraConfig.defaults() : WIDE, 5);
        models.add(tuned);
        float[] before = logits(tuned);
        train(tuned);
        assertThat(logits(tuned)).isNotEqualTo(before);
        Path adapter = folder.resolve("adapter-" + tied);
        tuned.saveAdapter(adapter);
        Map<String, Object> request = request(base);
        request.put("adapter", adapter.toString());
        requests.add(request);
      }
    }
    List<Answer> answers = ask(python, requests);
    for (int i = 0; i < models.size(); i++) {
      try (T5Model tuned = models.get(i)) {
        assertEqualOutputs(tuned, answers.get(i));
        tuned.merge();
        assertEqualOutputs(tuned, answers.get(i));
      }
    }
  }

  @Test
  void an_adapter_trained_in_peft_computes_the_same_here() throws Exception {
    TransformersPython python = TransformersPython.requirePeft();
    Path base = folder.resolve("base");
    try (T5Model model = T5ModelTest.create(false, 3)) {
      model.save(base);
      Map<String, Object> wide = request(base);
      wide.put(
          "train",
          Map.of(
              "r",
              3,
              "lora_alpha",
              9,
              "use_rslora",
              true,
              "lora_dropout",
              0.1,
              "target_modules",
              "all-linear"));
      wide.put("saved", folder.resolve("wide").toString());
      Map<String, Object> defaults = request(base);
      defaults.put("train", Map.of());
      defaults.put("saved", folder.resolve("defaults").toString());
      List<Answer> answers = ask(python, List.of(wide, defaults));
      try (T5Model first = model.withAdapter(folder.resolve("wide"));
          T5Model second = model.withAdapter(folder.resolve("defaults"))) {
        assertEqualOutputs(first, answers.get(0));
        assertEqualOutputs(second, answers.get(1));
        assertThat(second.adapter()).contains(LoraConfig.defaults());
        assertThat(first.adapter().orElseThrow().rsLora()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void a_merged_model_crosses_to_transformers_and_back(int version) throws Exception {
    TransformersPython python = TransformersPython.require(version);
    List<Map<String, Object>> requests = new ArrayList<>();
    List<T5Model> models = new ArrayList<>();
    for (boolean tied : new boolean[] {true, false}) {
      try (T5Model model = T5ModelTest.create(tied, 4)) {
        T5Model tuned = model.withAdapter(WIDE, 5);
        models.add(tuned);
        train(tuned);
        Path merged = folder.resolve("merged-" + tied);
        tuned.saveMerged(merged);
        Map<String, Object> request = request(merged);
        request.put("saved", folder.resolve("back-" + tied).toString());
        requests.add(request);
      }
    }
    List<Answer> answers = ask(python, requests);
    for (int i = 0; i < models.size(); i++) {
      try (T5Model tuned = models.get(i);
          T5Model back = T5Model.load(Path.of((String) requests.get(i).get("saved")))) {
        assertEqualOutputs(tuned, answers.get(i));
        assertEqualOutputs(back, answers.get(i));
      }
    }
  }
}
