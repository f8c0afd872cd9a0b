package io.refract.train.pretrain;

import io.refract.train.data.EncodedExamples;
import io.refract.train.t5.internal.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The examples of several tasks, those of each task side by side: first all of the first task that
 * an epoch has, then those of the second, and so on.
 */
final class MixedExamples implements EncodedExamples {

  private final List<EncodedExamples> tasks;
  private final int[] firsts;
  private final int size;
  private final int maxSourceTokens;
  private final int maxTargetTokens;
  private final int padTokenId;
  private final long seed;

  /** The epoch that was asked for last, since all of an epoch is asked for before the next. */
  private volatile @Nullable Epoch newest;

  /**
   * Mixes tasks.
   *
   * @param tasks the encoded examples of each
   * @param counts how many examples of each an epoch has
   */
  MixedExamples(
      List<EncodedExamples> tasks,
      int[] counts,
      int maxSourceTokens,
      int maxTargetTokens,
      int padTokenId,
      long seed) {
    this.tasks = List.copyOf(tasks);
    this.firsts = new int[counts.length];
    for (int task = 1; task < counts.length; task++) {
      firsts[task] = firsts[task - 1] + counts[task - 1];
    }
    this.size = Arrays.stream(counts).sum();
    this.maxSourceTokens = maxSourceTokens;
    this.maxTargetTokens = maxTargetTokens;
    this.padTokenId = padTokenId;
    this.seed = seed;
  }

  /** Which examples an epoch has. */
  private final class Epoch implements EncodedExamples {

    private final int number;
    private final int[] positions = new int[size];

    /** How often the task was gone through before, for each example. */
    private final int[] passes = new int[size];

    Epoch(int number) {
      this.number = number;
      for (int task = 0; task < firsts.length; task++) {
        choose(task, firsts[task], task + 1 < firsts.length ? firsts[task + 1] : size);
      }
    }

    private void choose(int task, int first, int end) {
      int examples = tasks.get(task).size();
      int[] order = {};
      int orderOf = -1;
      for (int slot = first; slot < end; slot++) {
        long seen = (long) number * (end - first) + (slot - first);
        int pass = (int) (seen / examples);
        if (pass != orderOf) {
          order = order(task, pass);
          orderOf = pass;
        }
        passes[slot] = pass;
        positions[slot] = order[(int) (seen % examples)];
      }
    }

    private EncodedExamples task(int slot) {
      return tasks.get(taskOf(slot)).epoch(passes[slot]);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int sourceTokens(int example) {
      return task(example).sourceTokens(positions[example]);
    }

    @Override
    public int targetTokens(int example) {
      return task(example).targetTokens(positions[example]);
    }

    @Override
    public int maxSourceTokens() {
      return maxSourceTokens;
    }

    @Override
    public int maxTargetTokens() {
      return maxTargetTokens;
    }

    @Override
    public Encoded example(int example, int epoch) {
      return tasks.get(taskOf(example)).example(positions[example], passes[example]);
    }

    @Override
    public int padTokenId() {
      return padTokenId;
    }
  }

  /** Returns the task to which a place in an epoch belongs; tasks may have no places at all. */
  private int taskOf(int slot) {
    int task = firsts.length - 1;
    while (firsts[task] > slot) {
      task--;
    }
    return task;
  }

  private int[] order(int task, int pass) {
    Random random = new Random(Seeds.derive(Seeds.derive(seed, task), pass));
    int[] order = new int[tasks.get(task).size()];
    for (int i = 0; i < order.length; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  @Override
  public EncodedExamples epoch(int epoch) {
    Epoch known = newest;
    if (known == null || known.number != epoch) {
      known = new Epoch(epoch);
      newest = known;
    }
    return known;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int sourceTokens(int example) {
    return epoch(0).sourceTokens(example);
  }

  @Override
  public int targetTokens(int example) {
    return epoch(0).targetTokens(example);
  }

  @Override
  public int maxSourceTokens() {
    return maxSourceTokens;
  }

  @Override
  public int maxTargetTokens() {
    return maxTargetTokens;
  }

  @Override
  public Encoded example(int example, int epoch) {
    return epoch(epoch).example(example, epoch);
  }

  @Override
  public int padTokenId() {
    return padTokenId;
  }
}
