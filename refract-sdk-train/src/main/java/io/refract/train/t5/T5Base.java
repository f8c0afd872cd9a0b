package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkState;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.tokenization.T5Tokenizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Weights and tokenizer of a T5, which several models with different adapters may share. They are
 * freed when the last of those is closed.
 *
 * <p>At most one adapter is merged into the weights at a time; then the other models refuse to
 * compute, because they would compute something else than they say. Thread-safe.
 */
final class T5Base {

  private final NDManager manager;
  private final T5Tokenizer tokenizer;
  private final Map<String, NDArray> parameters;
  private final Set<String> mapped;
  private final WeightMemory memory;
  private final @Nullable String source;
  private final @Nullable LoadedCheckpoint origin;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Held shared by whoever computes, alone by whoever merges. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** What merging replaced, by name. */
  private final Map<String, NDArray> originals = new LinkedHashMap<>();

  private @Nullable T5Adapter merged;

  /** Counts the times that somebody was given the weights to change them, or had changed them. */
  private final AtomicLong version = new AtomicLong();

  /**
   * Takes over weights and a tokenizer, for one model to begin with.
   *
   * @param memory where the weights are
   * @param source hub id or directory they were loaded from, or null
   * @param origin the files they were loaded from, or null
   */
  T5Base(
      NDManager manager,
      T5Tokenizer tokenizer,
      T5Weights.Loaded weights,
      WeightMemory memory,
      @Nullable String source,
      @Nullable LoadedCheckpoint origin) {
    this.manager = manager;
    this.tokenizer = tokenizer;
    this.parameters = weights.parameters();
    this.mapped = weights.mapped();
    this.memory = memory;
    this.source = source;
    this.origin = origin;
  }

  NDManager manager() {
    return manager;
  }

  T5Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Returns the weights as they are, with what is merged into them. */
  Map<String, NDArray> parameters() {
    return parameters;
  }

  /**
   * Refuses weights that nobody may write to. Writing to them would end the JVM.
   *
   * @param what what would write, for the message
   * @throws IllegalStateException if they are {@link WeightMemory#READ_ONLY}
   */
  void checkWritable(String what) {
    checkState(
        memory != WeightMemory.READ_ONLY,
        "%s would change weights that were loaded for reading only: load the model with"
            + " WeightMemory.COPY_ON_WRITE, the default of T5Model.load",
        what);
  }

  /** Returns what the weights take up, with an adapter's when there is one. */
  ModelMemory memory(@Nullable T5Adapter adapter) {
    lock.readLock().lock();
    try {
      Map<String, Long> owned = new LinkedHashMap<>();
      Map<String, Long> pages = new LinkedHashMap<>();
      parameters.forEach((name, array) -> add(mapped.contains(name) ? pages : owned, array));
      originals.values().forEach(array -> add(owned, array));
      if (adapter != null) {
        adapter.parameters().values().forEach(array -> add(owned, array));
      }
      return new ModelMemory(owned, pages);
    } finally {
      lock.readLock().unlock();
    }
  }

  private static void add(Map<String, Long> bytes, NDArray array) {
    long size = array.getShape().size() * array.getDataType().getNumOfBytes();
    bytes.merge(array.getDataType().name().toLowerCase(Locale.ROOT), size, Long::sum);
  }

  @Nullable LoadedCheckpoint origin() {
    return origin;
  }

  @Nullable String source() {
    return source;
  }

  /** Returns the weights as they are without any adapter. */
  Map<String, NDArray> originals() {
    Map<String, NDArray> all = new LinkedHashMap<>(parameters);
    all.putAll(originals);
    return all;
  }

  /**
   * Returns the weights with an adapter added, whether or not it is merged.
   *
   * @param scope what copies are attached to
   */
  Map<String, NDArray> with(T5Adapter adapter, NDManager scope) {
    Map<String, NDArray> all = originals();
    adapter
        .byWeight()
        .forEach(
            (name, addition) -> {
              NDArray sum = T5Parameters.get(all, name).add(addition.change(scope));
              sum.attach(scope);
              all.put(name, sum);
            });
    return all;
  }

  /** Returns a number that changes whenever somebody may change the weights, or an adapter. */
  long version() {
    return version.get();
  }

  /** Notes that the weights, or an adapter, may be changed from now on, or have been. */
  void changing() {
    version.incrementAndGet();
  }

  /** Counts one model more. */
  void retain() {
    holders.incrementAndGet();
  }

  /** Counts one model less, and frees everything when it was the last. */
  void release(@Nullable T5Adapter adapter) {
    boolean last = holders.decrementAndGet() == 0;
    if (adapter != null) {
      // Asked first: only a merged one has to wait for those who compute, maybe in this thread.
      if (!last && isMerged(adapter)) {
        undo(adapter);
      }
      adapter.close();
    }
    if (last) {
      tokenizer.close();
      manager.close();
    }
  }

  private void undo(T5Adapter adapter) {
    alone(
        () -> {
          if (merged == adapter) {
            restore();
          }
          return adapter;
        });
  }

  /**
   * Computes with the weights, while nobody merges.
   *
   * @param adapter the adapter of the model that computes, or null
   * @throws IllegalStateException if another adapter is merged
   */
  <T> T use(@Nullable T5Adapter adapter, Supplier<T> work) {
    lock.readLock().lock();
    try {
      checkState(
          merged == null || merged == adapter,
          "another adapter is merged into the weights that this model shares: unmerge it first");
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Adds an adapter to the weights in place. */
  void merge(T5Adapter adapter) {
    alone(
        () -> {
          checkWritable("merging an adapter");
          checkState(merged != adapter, "the adapter is merged already");
          checkState(
              merged == null,
              "another adapter is merged into the weights that this model shares: unmerge it first");
          checkState(!adapter.inTraining(), "an adapter cannot be merged while it is trained");
          merged = adapter;
          try {
            GradMode.off(() -> addAll(adapter));
          } catch (RuntimeException e) {
            restore();
            throw e;
          }
          adapter.setMerged(true);
          return adapter;
        });
  }

  private T5Adapter addAll(T5Adapter adapter) {
    try (NDManager scope = manager.newSubManager()) {
      adapter
          .byWeight()
          .forEach(
              (name, addition) -> {
                NDArray weight = T5Parameters.get(parameters, name);
                NDArray change = addition.change(scope);
                originals.put(name, weight.duplicate());
                weight.addi(change);
                change.close();
              });
    }
    return adapter;
  }

  /** Takes an adapter out of the weights again, which then are bit for bit what they were. */
  void unmerge(T5Adapter adapter) {
    alone(
        () -> {
          checkState(merged == adapter, "the adapter is not merged");
          restore();
          return adapter;
        });
  }

  private void restore() {
    GradMode.off(
        () -> {
          originals.forEach(
              (name, original) -> {
                original.copyTo(T5Parameters.get(parameters, name));
                original.close();
              });
          return originals;
        });
    originals.clear();
    if (merged != null) {
      merged.setMerged(false);
    }
    merged = null;
  }

  /** Returns whether an adapter is merged. */
  boolean isMerged(T5Adapter adapter) {
    lock.readLock().lock();
    try {
      return merged == adapter;
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T alone(Supplier<T> work) {
    checkState(
        lock.getReadHoldCount() == 0, "an adapter cannot be merged from within a use of its base");
    lock.writeLock().lock();
    try {
      return work.get();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
