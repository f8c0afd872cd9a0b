package io.refract.train.data;

import java.util.Arrays;

/**
 * A batch and where it comes from.
 *
 * @param number the position of the batch in its epoch, from 0
 * @param examples the positions in the data set of the examples, row by row; shared, not copied
 * @param batch the token ids
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity only
public record LoadedBatch(int number, int[] examples, Batch batch) {

  @Override
  public String toString() {
    return "LoadedBatch[" + number + ", examples " + Arrays.toString(examples) + ", " + batch + "]";
  }
}
