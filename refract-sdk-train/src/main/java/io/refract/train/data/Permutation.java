package io.refract.train.data;

import java.util.Random;

/** A random order of the numbers from 0, in a primitive array. */
final class Permutation {

  private Permutation() {}

  /**
   * Returns the numbers below {@code size} in random order; every order is equally likely.
   *
   * <p>Source: Durstenfeld, "Algorithm 235: Random permutation" (CACM 1964), in the order of {@code
   * java.util.Collections.shuffle}.
   */
  static int[] of(int size, Random random) {
    int[] numbers = new int[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i;
    }
    for (int i = size; i > 1; i--) {
      int other = random.nextInt(i);
      int last = numbers[i - 1];
      numbers[i - 1] = numbers[other];
      numbers[other] = last;
    }
    return numbers;
  }
}
