package io.refract.benchmarks.jmh;

import com.google.gson.Gson;
import io.refract.progress.ProgressListener;
import io.refract.train.data.Batch;
import io.refract.train.data.Dataset;
import io.refract.train.data.EncodedDataset;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What prepare.py made; the system property {@code refract.benchmarks} names its directory. */
final class Inputs {

  private Inputs() {}

  private static Path directory() {
    String name = System.getProperty("refract.benchmarks");
    if (name == null) {
      throw new IllegalStateException(
          "The system property refract.benchmarks must name the directory that prepare.py made;"
              + " benchmarks/jmh sets it.");
    }
    return Path.of(name);
  }

  /** Returns the directory of a model of t5-small's shape. */
  static Path model() {
    return directory().resolve("model");
  }

  /** Returns all of SciTLDR's examples to learn from. */
  static Dataset summaries() {
    return Dataset.jsonl(directory().resolve("scitldr/split/training.jsonl"))
        .source("source")
        .target("target")
        .read();
  }

  /** Returns 4 examples of 512 source and 96 target tokens. */
  static Batch trainingBatch(T5Tokenizer tokenizer) {
    Dataset data =
        Dataset.jsonl(directory().resolve("step.jsonl")).source("source").target("target").read();
    return EncodedDataset.encode(data, tokenizer, "", 512, 96, ProgressListener.none())
        .batch(0, 1, 2, 3);
  }

  /** Returns the token ids of some sources of SciTLDR, about 200 each. */
  static int[][] sources(int rows) throws IOException {
    String json = Files.readString(directory().resolve("generation.json"));
    return Arrays.copyOf(new Gson().fromJson(json, int[][].class), rows);
  }
}
