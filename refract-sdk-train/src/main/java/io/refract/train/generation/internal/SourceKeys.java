package io.refract.train.generation.internal;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableLongArray;
import java.util.List;

/**
 * What the random numbers of sources come from, besides the seed: the tokens of each, and how many
 * equal ones came before it. So a source has the same numbers in whatever batch, window of a stream
 * or order, and equal sources have numbers of their own.
 *
 * <p>Counts over all sources that it is asked for. Not thread-safe.
 */
public final class SourceKeys {

  private final Multiset<HashCode> seen = HashMultiset.create();

  /** Returns the keys of sources that come next. */
  public ImmutableLongArray next(List<int[]> sources) {
    ImmutableLongArray.Builder keys = ImmutableLongArray.builder(sources.size());
    for (int[] source : sources) {
      HashCode tokens = hash(source);
      keys.add(hash(tokens.asInt(), seen.count(tokens)).asLong() ^ tokens.asLong());
      seen.add(tokens);
    }
    return keys.build();
  }

  private static HashCode hash(int... values) {
    // A fingerprint: no release of the library may change it.
    Hasher hasher = Hashing.farmHashFingerprint64().newHasher();
    for (int value : values) {
      hasher.putInt(value);
    }
    return hasher.hash();
  }
}
