package io.refract.train.t5;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.annotations.SerializedName;
import io.refract.scoring.Decoding;
import io.refract.train.checkpoint.SafetensorsReader;
import io.refract.train.data.Batch;
import io.refract.train.generation.GenerationConfig;
import io.refract.train.generation.internal.Search;
import io.refract.train.generation.internal.SearchRequest;
import io.refract.train.generation.internal.SearchSources;
import io.refract.train.generation.internal.SourceKeys;
import io.refract.train.generation.internal.StepDecoder;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The checkpoints and expectations that make_fixtures.py wrote. */
record Golden(Path directory, int maxNewTokens, List<GoldenBatch> batches) {

  /** A batch, and what transformers makes of it. */
  record GoldenBatch(
      int rows,
      @SerializedName("input_ids") List<Long> inputIds,
      @SerializedName("attention_mask") List<Long> attentionMask,
      List<Long> labels,
      float loss,
      List<List<Integer>> generated) {

    Batch batch() {
      long[] targets = longs(labels);
      return new Batch(
          rows,
          inputIds.size() / rows,
          labels.size() / rows,
          longs(inputIds),
          longs(attentionMask),
          targets,
          (int) LongStream.of(targets).filter(label -> label != Batch.IGNORED).count());
    }

    private static long[] longs(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }
  }

  private record File(
      @SerializedName("max_new_tokens") int maxNewTokens, List<GoldenBatch> batches) {}

  static Path resource(String name) {
    try {
      return Path.of(requireNonNull(Golden.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Golden load(String form) throws IOException {
    Path directory = resource("/golden/t5/" + form);
    String json = Files.readString(directory.resolve("expected.json"));
    File file = new Gson().fromJson(json, File.class);
    return new Golden(directory, file.maxNewTokens(), file.batches());
  }

  static JsonObject json(Path file) throws IOException {
    return new Gson().fromJson(Files.readString(file), JsonObject.class);
  }

  /** Opens the network alone: the fixtures of make_fixtures.py have no tokenizer. */
  T5ArrayNetwork network(NDManager manager) {
    T5ConfigFile.Contents contents = T5ConfigFile.read(directory);
    Map<String, NDArray> parameters =
        T5Weights.load(directory, contents, manager, WeightMemory.COPY_ON_WRITE).parameters();
    return new T5ArrayNetwork(contents.config(), manager, parameters);
  }

  /** Returns what greedy search gives for a batch. */
  static List<int[]> greedy(
      NDManager scope, StepDecoder decoder, Batch batch, GenerationConfig config, int maxTokens) {
    int[] numbers = IntStream.range(0, batch.rows()).toArray();
    return Search.run(
            scope,
            decoder,
            new SearchSources(
                batch.sources(),
                ImmutableIntArray.copyOf(numbers),
                new SourceKeys().next(batch.sources())),
            SearchRequest.of(config, Decoding.defaults(), maxTokens))
        .stream()
        .map(found -> found.get(0).ids())
        .toList();
  }

  /** Returns an expected array. */
  float[] expected(String name) {
    return floats(directory.resolve("expected.safetensors"), name);
  }

  static float[] floats(Path file, String name) {
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      int elements = (int) requireNonNull(reader.tensors().get(name), name).elements();
      ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.nativeOrder());
      reader.read(name, 0, bytes);
      FloatBuffer values = bytes.flip().asFloatBuffer();
      float[] result = new float[elements];
      values.get(result);
      return result;
    }
  }
}
