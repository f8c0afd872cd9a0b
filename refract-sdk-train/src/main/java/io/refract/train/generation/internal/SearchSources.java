package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import java.util.List;

/**
 * The sources of a batch, one for each row that the decoder begins with.
 *
 * @param ids the token ids of each without padding
 * @param numbers what the observer knows each by
 * @param keys what random numbers come from, see {@link SourceKeys}
 */
public record SearchSources(List<int[]> ids, ImmutableIntArray numbers, ImmutableLongArray keys) {

  /** Checks that there is a value for each source. */
  public SearchSources {
    ids = List.copyOf(ids);
    checkArgument(
        ids.size() == numbers.length() && ids.size() == keys.length(),
        "%s sources need as many numbers and keys, not %s and %s",
        ids.size(),
        numbers.length(),
        keys.length());
  }

  /** Returns the number of sources. */
  public int size() {
    return numbers.length();
  }
}
