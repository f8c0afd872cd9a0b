package io.refract.scoring;

import static java.util.Objects.requireNonNull;

import io.refract.RefractException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model together with its score function, ready to answer. Scoring here and scoring through the
 * SQL function that is deployed from the same version follow one contract: null gives null, and so
 * does a text that is empty or blank, neither of which reaches the function.
 *
 * <pre>{@code
 * try (Scorer<String, String> scorer = registry.scorer("news-summarizer", PRODUCTION)) {
 *   System.out.println(scorer.score(article));
 * }
 * }</pre>
 *
 * <p>Thread-safe. Closing waits for the calls that are running.
 *
 * @param <I> the type of an input
 * @param <O> the type of an output
 */
public final class Scorer<I, O> implements AutoCloseable {

  /** Where the providers of the SDK's own formats are. */
  private static final Map<String, String> KNOWN_FORMATS =
      Map.of("t5", "io.refract:refract-sdk-train");

  private static final int NEXT_LINE = 0x85;

  private final ScoreFunction<I, O> function;
  private final TextModel model;
  private final @Nullable ScoreFunctionLoader loader;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private Scorer(
      ScoreFunction<I, O> function, TextModel model, @Nullable ScoreFunctionLoader loader) {
    this.function = requireNonNull(function, "function");
    this.model = requireNonNull(model, "model");
    this.loader = loader;
  }

  /**
   * Returns a scorer over an open model.
   *
   * @param model the model; closed together with the scorer
   */
  public static <I, O> Scorer<I, O> of(ScoreFunction<I, O> function, TextModel model) {
    return new Scorer<>(function, model, null);
  }

  /**
   * Opens a model from its files. Whether the score function really takes {@code I} and gives
   * {@code O} is not checked.
   *
   * @param modelDirectory what {@code ModelArtifact.writeTo} wrote
   * @param jar the jar that holds the class of the score function, if the specification names one
   * @param format the numbers that the model scores with
   * @throws ScoringException if no provider for the model is found, it cannot score in that format
   *     here, or the score function cannot be built
   */
  public static <I, O> Scorer<I, O> open(
      ScoreSpecification specification,
      Path modelDirectory,
      Optional<Path> jar,
      WeightFormat format) {
    requireNonNull(format, "format");
    ScoreFunctionLoader loader = ScoreFunctionLoader.of(jar);
    try {
      @SuppressWarnings("unchecked") // The caller names the types, as the Javadoc says.
      ScoreFunction<I, O> function = (ScoreFunction<I, O>) loader.restore(specification);
      TextModel model = provider(specification.format()).open(modelDirectory, format);
      return new Scorer<>(function, model, loader);
    } catch (RuntimeException | Error e) {
      loader.close();
      throw e;
    }
  }

  private static ScorerProvider provider(String format) {
    List<String> found = new ArrayList<>();
    for (ScorerProvider provider :
        ServiceLoader.load(ScorerProvider.class, ScoreFunctionLoader.applicationClasses())) {
      if (provider.format().equals(format)) {
        return provider;
      }
      found.add(provider.format());
    }
    String dependency =
        KNOWN_FORMATS.containsKey(format)
            ? "the dependency " + KNOWN_FORMATS.get(format)
            : "a dependency with a " + ScorerProvider.class.getName() + " for it";
    throw new ScoringException(
        "cannot open a model of the format '%s': no provider for it is on the class path, only for"
                .formatted(format)
            + " %s; add %s".formatted(found, dependency),
        null);
  }

  /**
   * Scores one input.
   *
   * @return the output; null if the input is null, or a blank text
   * @throws ScoringException if the function fails, or the scorer is closed
   */
  public @Nullable O score(@Nullable I input) {
    return scoreAll(Collections.singletonList(input)).get(0);
  }

  /**
   * Scores many inputs; the function gets them in one call.
   *
   * @param inputs the inputs; may hold null
   * @return one output per input, in the same order; null where the input is null, or a blank text;
   *     unmodifiable
   * @throws ScoringException if the function fails, or the scorer is closed
   */
  public List<@Nullable O> scoreAll(List<? extends @Nullable I> inputs) {
    List<I> present = new ArrayList<>(inputs.size());
    for (I input : inputs) {
      if (!isBlank(input)) {
        present.add(requireNonNull(input));
      }
    }
    List<O> scored = call(Collections.unmodifiableList(present));
    List<@Nullable O> outputs = new ArrayList<>(inputs.size());
    int next = 0;
    for (I input : inputs) {
      outputs.add(isBlank(input) ? null : scored.get(next++));
    }
    return Collections.unmodifiableList(outputs);
  }

  /**
   * Scores the inputs of a stream, however long it is: a bounded window of them is in memory at
   * once, and the function gets it in one call.
   *
   * @param inputs the inputs; may hold null; closed with the outputs
   * @return one output per input, in the same order; null where the input is null, or a blank text.
   *     They are scored as they are asked for, so the scorer must stay open until then, and what
   *     {@link #scoreAll(List)} throws is thrown then
   */
  public Stream<@Nullable O> scoreAll(Stream<? extends @Nullable I> inputs) {
    return Windows.map(inputs, this::scoreAll);
  }

  private static boolean isBlank(@Nullable Object input) {
    return input == null
        || (input instanceof CharSequence text && text.codePoints().allMatch(Scorer::isSpace));
  }

  /** The union of Java's spaces and of those that Python's {@code str.isspace} knows. */
  private static boolean isSpace(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || codePoint == NEXT_LINE;
  }

  private List<O> call(List<I> inputs) {
    Lock reading = lock.readLock();
    reading.lock();
    try {
      checkOpen();
      return inputs.isEmpty() ? List.of() : checked(function.score(model, inputs), inputs.size());
    } catch (RefractException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failure(inputs.size(), "it threw " + e, e);
    } finally {
      reading.unlock();
    }
  }

  private List<O> checked(@Nullable List<O> outputs, int expected) {
    String rule =
        "; it must return one output for each input, in the same order, none of them null";
    if (outputs == null) {
      throw failure(expected, "it returned null" + rule, null);
    }
    if (outputs.size() != expected) {
      throw failure(expected, "it returned " + outputs.size() + " outputs" + rule, null);
    }
    if (outputs.stream().anyMatch(Objects::isNull)) {
      throw failure(expected, "one of its outputs is null" + rule, null);
    }
    return outputs;
  }

  private ScoringException failure(int inputs, String reason, @Nullable Throwable cause) {
    return new ScoringException(
        "cannot score %d inputs with %s: %s"
            .formatted(inputs, function.getClass().getName(), reason),
        cause);
  }

  private void checkOpen() {
    if (closed) {
      throw new ScoringException(
          "cannot score with %s: the scorer is closed; open a new one"
              .formatted(function.getClass().getName()),
          null);
    }
  }

  /** Closes the model and the jar of the score function; a second call does nothing. */
  @Override
  public void close() {
    Lock writing = lock.writeLock();
    writing.lock();
    try {
      if (!closed) {
        closed = true;
        try {
          model.close();
        } finally {
          if (loader != null) {
            loader.close();
          }
        }
      }
    } finally {
      writing.unlock();
    }
  }
}
