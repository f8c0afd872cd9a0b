package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;

/**
 * The sources of a batch, one for each row that the decoder begins with.
 *
 * @param ids the token ids of each without padding
 * @param numbers what the observer knows each by; random numbers depend on it, too, so that they do
 *     not depend on the batch
 */
public record SearchSources(List<int[]> ids, ImmutableIntArray numbers) {

  /** Checks that both have a value for each source. */
  public SearchSources {
    ids = List.copyOf(ids);
    checkArgument(
        ids.size() == numbers.length(),
        "%s sources need as many numbers, not %s",
        ids.size(),
        numbers.length());
  }

  /** Returns the number of sources. */
  public int size() {
    return numbers.length();
  }
}
