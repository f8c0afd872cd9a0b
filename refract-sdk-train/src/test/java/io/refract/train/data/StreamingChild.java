package io.refract.train.data;

import io.refract.progress.ProgressListener;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** What {@link ConstantHeapTest} runs in a JVM of its own. */
final class StreamingChild {

  private StreamingChild() {}

  /**
   * Streams rows through a data set, a split and token ids into the batches of two epochs.
   *
   * @param arguments the number of rows, and the directory of a tokenizer
   */
  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[0]);
    Split split =
        Dataset.of(
                "generated",
                IntStream.range(0, rows)
                    .mapToObj(
                        i ->
                            new Example(
                                "my card number " + i + " has not arrived yet, and I am waiting",
                                "card " + i % 77)))
            .holdOut(0.1, 42);
    long tokens = 0;
    try (T5Tokenizer tokenizer = T5Tokenizer.load(Path.of(arguments[1]))) {
      EncodedDataset training =
          EncodedDataset.encode(
              split.training(), tokenizer, "classify: ", 64, 8, ProgressListener.none());
      BatchLoader loader = BatchLoader.of(training, Batching.defaults().withBatchSize(16), 1);
      for (int epoch = 0; epoch < 2; epoch++) {
        try (BatchStream batches = loader.epoch(epoch)) {
          while (batches.hasNext()) {
            tokens += batches.next().batch().targetTokens();
          }
        }
      }
      System.out.printf(
          "%d training, %d validation, %d leaked, %s target tokens%n",
          training.size(),
          split.validation().size(),
          training.profile(split.validation()).leakedRows(),
          tokens > 0 ? "some" : "no");
    }
  }
}
