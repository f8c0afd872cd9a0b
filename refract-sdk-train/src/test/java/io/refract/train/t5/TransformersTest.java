package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import com.google.gson.reflect.TypeToken;
import io.refract.scoring.GenerationSettings;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.t5.Golden.GoldenBatch;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.testing.TransformersPython;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that the SDK wrote, in the hands of transformers 4.57.6 and 5.18.0. */
class TransformersTest {

  private static final List<String> FORMS =
      List.of(
          "v1_0",
          "v1_1",
          "inner_width",
          "uneven",
          "bf16",
          "f16",
          "sharded",
          "mt5",
          "erf_gelu",
          "five_saved",
          "five_fresh");

  private static final List<String> TEXTS =
      List.of("my card was refused", "the new phone does not work since Monday.", "again!", "");

  @TempDir Path folder;

  private record Request(
      String directory,
      @SerializedName("max_new_tokens") int maxNewTokens,
      List<GoldenBatch> batches,
      @Nullable List<String> texts) {}

  private record Answer(
      List<String> missing,
      List<String> unexpected,
      List<List<Integer>> generated,
      @SerializedName("input_ids") List<List<Integer>> inputIds,
      List<String> decoded) {}

  private List<Answer> ask(int version, List<Request> requests) throws Exception {
    TransformersPython python = TransformersPython.require(version);
    Path request = folder.resolve("request.json");
    Path answer = folder.resolve("answer.json");
    Files.writeString(request, new Gson().toJson(requests));
    python.run("check_checkpoints.py", request, answer);
    return new Gson()
        .fromJson(Files.readString(answer), new TypeToken<List<Answer>>() {}.getType());
  }

  private static void assertLoadedCompletely(Answer answer) {
    assertThat(answer.missing()).isEmpty();
    assertThat(answer.unexpected()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void every_form_written_by_the_sdk_generates_the_same_ids_there(int version) throws Exception {
    List<Request> requests = new ArrayList<>();
    for (String form : FORMS) {
      Golden golden = Golden.load(form);
      Path directory = rewritten(golden, folder.resolve(form));
      requests.add(
          new Request(directory.toString(), golden.maxNewTokens(), golden.batches(), null));
    }
    List<Answer> answers = ask(version, requests);
    for (int i = 0; i < FORMS.size(); i++) {
      assertLoadedCompletely(answers.get(i));
      List<List<Integer>> expected =
          requests.get(i).batches().stream().flatMap(batch -> batch.generated().stream()).toList();
      assertThat(answers.get(i).generated()).as(FORMS.get(i)).isEqualTo(expected);
    }
  }

  /**
   * Reads a fixture and writes it as the SDK writes checkpoints; the fixtures have no tokenizer.
   */
  private static Path rewritten(Golden golden, Path target) throws IOException {
    Files.createDirectories(target);
    T5Config config = T5Config.load(golden.directory());
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      T5ArrayNetwork network = golden.network(manager);
      GradMode.off(() -> T5Weights.save(target, network.parameters()));
    }
    GenerationConfig generation =
        GenerationConfig.load(
            golden.directory(),
            new GenerationConfig(
                config.decoderStartTokenId(), config.eosTokenIds(), config.padTokenId(), Map.of()));
    Files.writeString(target.resolve("config.json"), config.toJson());
    Files.writeString(target.resolve("generation_config.json"), generation.toJson());
    return target;
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void a_saved_model_tokenizes_generates_and_decodes_the_same_there(int version) throws Exception {
    GenerationSettings settings = GenerationSettings.defaults().withMaxNewTokens(12);
    try (T5Model tied = T5ModelTest.create(true, 5);
        T5Model untied = T5ModelTest.create(false, 5)) {
      List<T5Model> models = List.of(tied, untied);
      List<Request> requests = new ArrayList<>();
      for (T5Model model : models) {
        Path directory = folder.resolve("saved-" + requests.size());
        model.save(directory);
        requests.add(new Request(directory.toString(), 12, List.of(), TEXTS));
      }
      List<Answer> answers = ask(version, requests);
      for (int i = 0; i < models.size(); i++) {
        T5Model model = models.get(i);
        Answer answer = answers.get(i);
        assertLoadedCompletely(answer);
        List<int[]> sources = model.tokenizer().encodeAll(TEXTS, 512);
        assertThat(lists(sources)).isEqualTo(answer.inputIds());
        assertThat(lists(model.generateIds(sources, settings))).isEqualTo(answer.generated());
        assertThat(model.generate(TEXTS, settings)).isEqualTo(answer.decoded());
      }
    }
  }

  private static List<List<Integer>> lists(List<int[]> rows) {
    return rows.stream().map(row -> Arrays.stream(row).boxed().toList()).toList();
  }
}
