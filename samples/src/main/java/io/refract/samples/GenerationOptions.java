package io.refract.samples;

import io.refract.scoring.BeamSettings.EarlyStopping;
import io.refract.train.t5.TextGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of generate() in transformers; what is not given is what the checkpoint says. */
final class GenerationOptions {

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "Prefix, lengths and options of a task in the checkpoint's task_specific_params, for"
              + " example summarization; the options below go before them.")
  @Nullable String task;

  @Option(
      names = "--do-sample",
      description = "Draw tokens instead of taking the most likely ones.")
  boolean doSample;

  @Option(
      names = "--early-stopping",
      paramLabel = "true|false|never",
      description = "When a beam search ends.")
  @Nullable EarlyStopping earlyStopping;

  @Option(
      names = "--bad-words",
      paramLabel = "WORD",
      split = ",",
      description = "Words that do not occur.")
  List<String> badWords = List.of();

  @Option(
      names = "--suppress-tokens",
      paramLabel = "ID",
      split = ",",
      description = "Token ids that do not occur.")
  List<Integer> suppressTokens = List.of();

  @Option(
      names = "--begin-suppress-tokens",
      paramLabel = "ID",
      split = ",",
      description = "Token ids that do not come first.")
  List<Integer> beginSuppressTokens = List.of();

  @Option(
      names = "--forced-eos-token-id",
      paramLabel = "ID",
      split = ",",
      description = "Token ids of which one is last when an output is as long as allowed.")
  List<Integer> forcedEosTokenIds = List.of();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "A file with one label a line; every output is exactly one of them.")
  @Nullable Path labels;

  @Option(
      names = "--num-beams",
      paramLabel = "N",
      description = "Sequences that are followed at once; 1 is greedy search.")
  @Nullable Integer numBeams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Exponent of the length in a sequence's score.")
  @Nullable Double lengthPenalty;

  @Option(names = "--num-return-sequences", paramLabel = "N", description = "Outputs per text.")
  @Nullable Integer numReturnSequences;

  @Option(
      names = "--no-repeat-ngram-size",
      paramLabel = "N",
      description = "Tokens in a row that do not occur twice.")
  @Nullable Integer noRepeatNgramSize;

  @Option(
      names = "--encoder-no-repeat-ngram-size",
      paramLabel = "N",
      description = "Tokens in a row of the text that do not occur in its output.")
  @Nullable Integer encoderNoRepeatNgramSize;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1 makes tokens of the output less likely to come again.")
  @Nullable Double repetitionPenalty;

  @Option(
      names = "--min-length",
      paramLabel = "N",
      description = "Tokens before the end, the start token counted.")
  @Nullable Integer minLength;

  @Option(
      names = "--min-new-tokens",
      paramLabel = "N",
      description = "Generated tokens before the end.")
  @Nullable Integer minNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "With --do-sample: below 1 likely tokens become more likely.")
  @Nullable Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "With --do-sample: the k most likely tokens only; 0 for all.")
  @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "X",
      description = "With --do-sample: the most likely tokens with this sum of probabilities.")
  @Nullable Double topP;

  @Option(
      names = "--min-p",
      paramLabel = "X",
      description = "With --do-sample: tokens this likely, relative to the most likely one.")
  @Nullable Double minP;

  @Option(
      names = "--typical-p",
      paramLabel = "X",
      description = "With --do-sample: the typical tokens with this sum of probabilities.")
  @Nullable Double typicalP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "With --do-sample: what random numbers come from.")
  @Nullable Long seed;

  @Option(names = "--forced-bos-token-id", paramLabel = "ID", description = "The first token.")
  @Nullable Integer forcedBosTokenId;

  /** Sets what was given. */
  void apply(TextGenerator generator) {
    set(generator, task, TextGenerator::task);
    if (doSample) {
      generator.doSample(true);
    }
    set(generator, numBeams, TextGenerator::numBeams);
    set(generator, lengthPenalty, TextGenerator::lengthPenalty);
    set(generator, numReturnSequences, TextGenerator::numReturnSequences);
    set(generator, noRepeatNgramSize, TextGenerator::noRepeatNgramSize);
    set(generator, encoderNoRepeatNgramSize, TextGenerator::encoderNoRepeatNgramSize);
    set(generator, repetitionPenalty, TextGenerator::repetitionPenalty);
    set(generator, minLength, TextGenerator::minLength);
    set(generator, minNewTokens, TextGenerator::minNewTokens);
    set(generator, temperature, TextGenerator::temperature);
    set(generator, topK, TextGenerator::topK);
    set(generator, topP, TextGenerator::topP);
    set(generator, minP, TextGenerator::minP);
    set(generator, typicalP, TextGenerator::typicalP);
    set(generator, seed, TextGenerator::seed);
    set(generator, forcedBosTokenId, TextGenerator::forcedBosTokenId);
    set(generator, earlyStopping, TextGenerator::earlyStopping);
    if (!badWords.isEmpty()) {
      generator.badWords(badWords.toArray(String[]::new));
    }
    if (!suppressTokens.isEmpty()) {
      generator.suppressTokens(suppressTokens);
    }
    if (!beginSuppressTokens.isEmpty()) {
      generator.beginSuppressTokens(beginSuppressTokens);
    }
    if (!forcedEosTokenIds.isEmpty()) {
      generator.forcedEosTokenIds(forcedEosTokenIds);
    }
    if (labels != null) {
      generator.labels(read(labels));
    }
  }

  private static List<String> read(Path labels) {
    try {
      return Files.readAllLines(labels).stream().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      throw new SampleException(
          "--labels " + labels + ": the file cannot be read as UTF-8 text: " + e);
    }
  }

  private static <T> void set(
      TextGenerator generator, @Nullable T value, BiConsumer<TextGenerator, T> setter) {
    if (value != null) {
      setter.accept(generator, value);
    }
  }
}
