package io.refract.train.pretrain;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.refract.progress.ProgressListener;
import io.refract.provenance.DatasetProvenance;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.TrainingData;
import io.refract.train.tokenization.T5Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Several tasks to learn at once, each told by the prefix of its sources.
 *
 * <pre>{@code
 * TaskMixture.of("summarize: ", news)
 *     .and("triage: ", tickets)
 *     .and("", TextCorpus.lines(Path.of("wiki.txt")))
 *     .limit(50_000).temperature(2)
 * }</pre>
 *
 * <p>A task with {@code e} examples has the rate {@code r = min(e, limit)}, and its part of the
 * mixture is {@code r^(1/temperature)} over the sum of that of all tasks: with temperature 1 tasks
 * are mixed by their size, with a higher one more equally. Source: Raffel et al., "Exploring the
 * Limits of Transfer Learning with a Unified Text-to-Text Transformer" (JMLR 2020), section 3.5.2.
 *
 * <p>The paper draws a task for every example. Here each epoch has as many examples of a task as
 * its part says, rounded such that they add up. A task is gone through in a random order, and again
 * in another order when all its examples were seen, from epoch to epoch; so no example is seen
 * twice before every other was seen once. An epoch is as long as the sum of the rates unless {@link
 * #epochExamples} says otherwise: without limit and temperature that is every example once.
 *
 * <p>Immutable and thread-safe; each setter returns a changed mixture.
 */
public final class TaskMixture implements TrainingData {

  private static final long DEFAULT_SEED = 42;

  private final ImmutableList<Task> tasks;
  private final OptionalInt limit;
  private final double temperature;
  private final OptionalInt epochExamples;
  private final long seed;

  /** One task: what tells it from the others, and its examples. */
  private record Task(String prefix, TrainingData data) {
    Task {
      requireNonNull(prefix, "prefix");
      requireNonNull(data, "data");
    }
  }

  private TaskMixture(
      List<Task> tasks,
      OptionalInt limit,
      double temperature,
      OptionalInt epochExamples,
      long seed) {
    this.tasks = ImmutableList.copyOf(tasks);
    this.limit = limit;
    this.temperature = temperature;
    this.epochExamples = epochExamples;
    this.seed = seed;
  }

  /**
   * Begins a mixture with its first task.
   *
   * @param prefix what is put in front of the task's sources, behind the prefix of the training;
   *     its trailing space included
   * @param data the task's examples
   */
  public static TaskMixture of(String prefix, TrainingData data) {
    return new TaskMixture(
        List.of(new Task(prefix, data)),
        OptionalInt.empty(),
        1.0,
        OptionalInt.empty(),
        DEFAULT_SEED);
  }

  /** Adds a task; parameters as in {@link #of}. */
  public TaskMixture and(String prefix, TrainingData data) {
    return new TaskMixture(
        ImmutableList.<Task>builder().addAll(tasks).add(new Task(prefix, data)).build(),
        limit,
        temperature,
        epochExamples,
        seed);
  }

  /** Sets the most examples with which a task counts, "K" in the paper; default no limit. */
  public TaskMixture limit(int value) {
    checkArgument(value >= 1, "limit must be at least 1 but was %s", value);
    return new TaskMixture(tasks, OptionalInt.of(value), temperature, epochExamples, seed);
  }

  /** Sets the temperature; default 1. */
  public TaskMixture temperature(double value) {
    checkArgument(
        value >= 1 && Double.isFinite(value), "temperature must be at least 1 but was %s", value);
    return new TaskMixture(tasks, limit, value, epochExamples, seed);
  }

  /** Sets the length of an epoch; default the sum of the rates. */
  public TaskMixture epochExamples(int value) {
    checkArgument(value >= 1, "examples of an epoch must be at least 1 but was %s", value);
    return new TaskMixture(tasks, limit, temperature, OptionalInt.of(value), seed);
  }

  /** Sets the seed of the order in which the examples of a task are taken; default 42. */
  public TaskMixture seed(long value) {
    return new TaskMixture(tasks, limit, temperature, epochExamples, value);
  }

  @Override
  public EncodedExamples encode(
      T5Tokenizer tokenizer,
      String taskPrefix,
      int maxSourceTokens,
      int maxTargetTokens,
      ProgressListener progress) {
    List<EncodedExamples> parts =
        tasks.stream()
            .map(
                task ->
                    task.data()
                        .encode(
                            tokenizer,
                            taskPrefix + task.prefix(),
                            maxSourceTokens,
                            maxTargetTokens,
                            progress))
            .toList();
    int[] sizes = parts.stream().mapToInt(EncodedExamples::size).toArray();
    return new MixedExamples(
        parts,
        MixtureRates.counts(sizes, limit, temperature, epochExamples),
        maxSourceTokens,
        maxTargetTokens,
        tokenizer.padTokenId(),
        seed);
  }

  /** Returns a provenance whose digest is that of all prefixes, digests and settings. */
  @Override
  public DatasetProvenance provenance() {
    List<DatasetProvenance> parts = tasks.stream().map(task -> task.data().provenance()).toList();
    Hasher hasher = Hashing.sha256().newHasher();
    for (int i = 0; i < parts.size(); i++) {
      String part = tasks.get(i).prefix() + '\n' + parts.get(i) + '\n';
      hasher.putString(part, StandardCharsets.UTF_8);
    }
    String settings =
        "limit %s, temperature %s, epoch %s"
            .formatted(text(limit), temperature, text(epochExamples));
    hasher.putString(settings, StandardCharsets.UTF_8);
    String names = parts.stream().map(DatasetProvenance::name).collect(Collectors.joining(", "));
    return DatasetProvenance.of(
            "mixture of " + names,
            hasher.hash().toString(),
            parts.stream().mapToLong(DatasetProvenance::rows).sum())
        .withSkippedRows(parts.stream().mapToLong(DatasetProvenance::skippedRows).sum())
        .withSplit(settings, seed, parts.stream().mapToLong(DatasetProvenance::rows).sum());
  }

  private static String text(OptionalInt value) {
    return value.isPresent() ? Integer.toString(value.getAsInt()) : "none";
  }
}
