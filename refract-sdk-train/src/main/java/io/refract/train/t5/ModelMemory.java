package io.refract.train.t5;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the weights of a model take up.
 *
 * <p>Activations, which live during a call only, and the tokenizer are not counted. Models that
 * share a base (see {@link T5Model#withAdapter}) each count it.
 *
 * @param ownedBytes bytes in memory of this process, by data type, for example {@code float32}; an
 *     adapter's weights included, the originals of what it is merged into, and weights that are
 *     packed for scoring (without the scales of 8-bit integers, which are few)
 * @param mappedBytes bytes of checkpoint files that are mapped, by data type; those pages that were
 *     used are in memory, and processes that map the same file share them. Pages that a training
 *     has changed are still counted here
 */
public record ModelMemory(Map<String, Long> ownedBytes, Map<String, Long> mappedBytes) {

  private static final double MEGABYTE = 1e6;

  /** Copies the maps. */
  public ModelMemory {
    ownedBytes = ImmutableSortedMap.copyOf(ownedBytes);
    mappedBytes = ImmutableSortedMap.copyOf(mappedBytes);
  }

  ModelMemory plusOwned(Map<String, Long> more) {
    Map<String, Long> owned = new TreeMap<>(ownedBytes);
    more.forEach((type, bytes) -> owned.merge(type, bytes, Long::sum));
    return new ModelMemory(owned, mappedBytes);
  }

  /** Returns all bytes together. */
  public long bytes() {
    return sum(ownedBytes) + sum(mappedBytes);
  }

  /** Returns all bytes by data type, for example {@code float32}. */
  public Map<String, Long> bytesByType() {
    Map<String, Long> all = new TreeMap<>(ownedBytes);
    mappedBytes.forEach((type, bytes) -> all.merge(type, bytes, Long::sum));
    return ImmutableSortedMap.copyOf(all);
  }

  private static long sum(Map<String, Long> bytes) {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f MB of weights, %.1f MB of them mapped %s",
        bytes() / MEGABYTE,
        sum(mappedBytes) / MEGABYTE,
        bytesByType());
  }
}
