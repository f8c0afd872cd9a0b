package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.scoring.BeamSettings.EarlyStopping;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.train.generation.GeneratedText;
import io.refract.train.generation.GenerationListener;
import io.refract.train.generation.GenerationResult;
import io.refract.train.generation.internal.SearchRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Generates texts with all options of a {@link Decoding}, which mean what those of {@code
 * generate()} of transformers mean.
 *
 * <pre>{@code
 * List<GeneratedText> summaries =
 *     model.generator().numBeams(4).lengthPenalty(2.0).noRepeatNgramSize(3).generate(articles);
 * }</pre>
 *
 * <p>Options that nobody sets are those of the checkpoint, see {@link
 * io.refract.train.generation.GenerationConfig#decoding()}, or their defaults. Every setter checks
 * its value at once; what holds of several values together is checked when the generation begins.
 *
 * <p>A generator belongs to one thread and can generate several times. What it has started runs on
 * with the options of that moment.
 */
public final class TextGenerator {

  private final T5Model model;
  private final List<GenerationListener> listeners = new ArrayList<>();
  private GenerationSettings settings = GenerationSettings.defaults();
  private String prefix = "";

  TextGenerator(T5Model model) {
    this.model = model;
  }

  /** Sets what is put in front of every input, its trailing space included; default empty. */
  public TextGenerator prefix(String value) {
    prefix = requireNonNull(value, "prefix");
    return this;
  }

  /** Sets the tokens after which an input is cut, end-of-sequence included; default 512. */
  public TextGenerator maxSourceTokens(int value) {
    settings = settings.withMaxSourceTokens(value);
    return this;
  }

  /** Sets how many tokens are generated at most, end-of-sequence included; default 64. */
  public TextGenerator maxNewTokens(int value) {
    settings = settings.withMaxNewTokens(value);
    return this;
  }

  /**
   * Sets how many tokens an output has at most, end-of-sequence included and the start token
   * counted, as {@code max_length} of transformers does: {@code maxLength(65)} is {@code
   * maxNewTokens(64)}, the default. The later of the two calls counts.
   */
  public TextGenerator maxLength(int value) {
    checkArgument(value >= 2, "max length must be at least 2 but was %s", value);
    return maxNewTokens(value - 1);
  }

  /** Sets how many inputs go through the model at once; default 16. */
  public TextGenerator batchSize(int value) {
    settings = settings.withBatchSize(value);
    return this;
  }

  /**
   * Sets how many tokens go through the model at once, see {@link GenerationSettings#tokenBudget};
   * it bounds the memory.
   */
  public TextGenerator tokenBudget(int value) {
    settings = settings.withTokenBudget(value);
    return this;
  }

  /** Sets all options of the decoding at once; nothing of the checkpoint is mixed in. */
  public TextGenerator decoding(Decoding value) {
    settings = settings.withDecoding(value);
    return this;
  }

  /**
   * Takes prefix, lengths and options from {@code task_specific_params} in {@code config.json} of
   * the checkpoint; the original T5 has them for {@code "summarization"} and {@code
   * "translation_en_to_de"}, among others.
   *
   * @throws IllegalArgumentException if the checkpoint has no such task
   */
  public TextGenerator task(String name) {
    TaskParameters task = TaskParameters.of(model.config(), model.generationConfig(), name);
    if (task.prefix() != null) {
      prefix = task.prefix();
    }
    if (task.maxNewTokens() != null) {
      settings = settings.withMaxNewTokens(task.maxNewTokens());
    }
    return decoding(task.decoding());
  }

  /**
   * Adds what hears of every token as it is generated; several texts take turns. Beam search has
   * nothing to report before it ends, and refuses.
   */
  public TextGenerator listener(GenerationListener value) {
    listeners.add(requireNonNull(value, "listener"));
    return this;
  }

  private Decoding decoding() {
    Decoding given = settings.decoding();
    return given == null ? model.generationConfig().decoding() : given;
  }

  /**
   * Sets words that must not occur. Each is what the tokenizer makes of it at the beginning of a
   * word; other spellings have other tokens.
   */
  public TextGenerator badWords(String... words) {
    List<List<Integer>> ids = new ArrayList<>();
    for (String word : words) {
      int[] encoded = model.tokenizer().encode(word, Integer.MAX_VALUE);
      checkArgument(encoded.length > 1, "a bad word must not be empty");
      ids.add(Arrays.stream(encoded, 0, encoded.length - 1).boxed().toList());
    }
    return badWordsIds(ids);
  }

  /**
   * Sets how many sequences are followed at once; 1 is greedy search, see {@link
   * io.refract.scoring.BeamSettings#numBeams}.
   */
  public TextGenerator numBeams(int value) {
    return decoding(decoding().withNumBeams(value));
  }

  /**
   * Sets what the length of a sequence counts in its score, see {@link
   * io.refract.scoring.BeamSettings#lengthPenalty}.
   */
  public TextGenerator lengthPenalty(double value) {
    return decoding(decoding().withLengthPenalty(value));
  }

  /** Sets when a beam search ends, see {@link io.refract.scoring.BeamSettings#earlyStopping}. */
  public TextGenerator earlyStopping(EarlyStopping value) {
    return decoding(decoding().withEarlyStopping(value));
  }

  /**
   * Sets how many texts each input gets, see {@link
   * io.refract.scoring.BeamSettings#numReturnSequences}.
   */
  public TextGenerator numReturnSequences(int value) {
    return decoding(decoding().withNumReturnSequences(value));
  }

  /** Sets whether tokens are drawn, see {@link io.refract.scoring.SamplingSettings#doSample}. */
  public TextGenerator doSample(boolean value) {
    return decoding(decoding().withDoSample(value));
  }

  /**
   * Sets what scores are divided by before a token is drawn, see {@link
   * io.refract.scoring.SamplingSettings#temperature}.
   */
  public TextGenerator temperature(double value) {
    return decoding(decoding().withTemperature(value));
  }

  /**
   * Sets how many of the most likely tokens one is drawn from, 0 for all, see {@link
   * io.refract.scoring.SamplingSettings#topK}.
   */
  public TextGenerator topK(int value) {
    return decoding(decoding().withTopK(value));
  }

  /**
   * Sets the sum of probabilities of the tokens that one is drawn from, see {@link
   * io.refract.scoring.SamplingSettings#topP}.
   */
  public TextGenerator topP(double value) {
    return decoding(decoding().withTopP(value));
  }

  /**
   * Sets how likely, relative to the most likely token, one must be to be drawn, see {@link
   * io.refract.scoring.SamplingSettings#minP}.
   */
  public TextGenerator minP(double value) {
    return decoding(decoding().withMinP(value));
  }

  /**
   * Sets the sum of probabilities of the typical tokens that one is drawn from, see {@link
   * io.refract.scoring.SamplingSettings#typicalP}.
   */
  public TextGenerator typicalP(double value) {
    return decoding(decoding().withTypicalP(value));
  }

  /** Sets what random numbers come from, see {@link io.refract.scoring.SamplingSettings#seed}. */
  public TextGenerator seed(long value) {
    return decoding(decoding().withSeed(value));
  }

  /**
   * Sets tokens before an end token is allowed, the start token counted, see {@link
   * io.refract.scoring.LengthSettings#minLength}.
   */
  public TextGenerator minLength(int value) {
    return decoding(decoding().withMinLength(value));
  }

  /**
   * Sets generated tokens before an end token is allowed, see {@link
   * io.refract.scoring.LengthSettings#minNewTokens}.
   */
  public TextGenerator minNewTokens(int value) {
    return decoding(decoding().withMinNewTokens(value));
  }

  /**
   * Sets what makes tokens of the output less likely to come again, see {@link
   * io.refract.scoring.RepetitionSettings#repetitionPenalty}.
   */
  public TextGenerator repetitionPenalty(double value) {
    return decoding(decoding().withRepetitionPenalty(value));
  }

  /**
   * Sets of how many tokens in a row none occur twice, see {@link
   * io.refract.scoring.RepetitionSettings#noRepeatNgramSize}.
   */
  public TextGenerator noRepeatNgramSize(int value) {
    return decoding(decoding().withNoRepeatNgramSize(value));
  }

  /**
   * Sets of how many tokens in a row none of the input occur, see {@link
   * io.refract.scoring.RepetitionSettings#encoderNoRepeatNgramSize}.
   */
  public TextGenerator encoderNoRepeatNgramSize(int value) {
    return decoding(decoding().withEncoderNoRepeatNgramSize(value));
  }

  /**
   * Sets token sequences that must not occur, see {@link
   * io.refract.scoring.TokenSettings#badWordsIds}.
   */
  public TextGenerator badWordsIds(List<List<Integer>> value) {
    return decoding(decoding().withBadWordsIds(value));
  }

  /** Sets the first token, see {@link io.refract.scoring.TokenSettings#forcedBosTokenId}. */
  public TextGenerator forcedBosTokenId(int value) {
    return decoding(decoding().withForcedBosTokenId(value));
  }

  /**
   * Sets what the last token is, when the output is as long as allowed, see {@link
   * io.refract.scoring.TokenSettings#forcedEosTokenIds}.
   */
  public TextGenerator forcedEosTokenIds(List<Integer> value) {
    return decoding(decoding().withForcedEosTokenIds(value));
  }

  /**
   * Sets tokens that must not occur, see {@link io.refract.scoring.TokenSettings#suppressTokens}.
   */
  public TextGenerator suppressTokens(List<Integer> value) {
    return decoding(decoding().withSuppressTokens(value));
  }

  /**
   * Sets tokens that must not come first, see {@link
   * io.refract.scoring.TokenSettings#beginSuppressTokens}.
   */
  public TextGenerator beginSuppressTokens(List<Integer> value) {
    return decoding(decoding().withBeginSuppressTokens(value));
  }

  /** Sets the only texts that may be generated, see {@link io.refract.scoring.Decoding#labels}. */
  public TextGenerator labels(List<String> value) {
    return decoding(decoding().withLabels(value));
  }

  /**
   * Generates.
   *
   * @param inputs the inputs, without the prefix
   * @return the texts in the order of the inputs, {@link GeneratedText#input()} says which; with
   *     beams, an input gets fewer than asked for when there are no more
   * @throws IllegalArgumentException if options do not fit together or not with the model
   */
  public List<GeneratedText> generate(List<String> inputs) {
    return new TextGeneration(model, prefix, settings, listeners, new AtomicBoolean())
        .run(inputs)
        .texts();
  }

  /** Generates for one input, see {@link #generate(List)}; the best text. */
  public GeneratedText generate(String input) {
    return generate(List.of(input)).get(0);
  }

  /**
   * Begins to generate on a thread of its own.
   *
   * @param inputs the inputs, without the prefix
   * @throws IllegalArgumentException if options do not fit together, beams and a listener among
   *     them; what does not fit the model fails in {@link RunningGeneration#await()}
   */
  public RunningGeneration start(List<String> inputs) {
    SearchRequest.requireReportable(decoding().requireConsistent(), !listeners.isEmpty());
    AtomicBoolean cancelled = new AtomicBoolean();
    TextGeneration generation = new TextGeneration(model, prefix, settings, listeners, cancelled);
    List<String> copy = List.copyOf(inputs);
    CompletableFuture<GenerationResult> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(generation.run(copy));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "refract-generation");
    thread.setDaemon(true);
    thread.start();
    return new RunningGeneration(result, cancelled);
  }
}
