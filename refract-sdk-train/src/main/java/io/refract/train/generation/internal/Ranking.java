package io.refract.train.generation.internal;

import java.util.Arrays;

/** Orders of scores. */
final class Ranking {

  private Ranking() {}

  /** Returns the index of the largest score, the first of several. */
  static int argMax(float[] scores, int offset, int length) {
    int best = 0;
    for (int i = 1; i < length; i++) {
      if (scores[offset + i] > scores[offset + best]) {
        best = i;
      }
    }
    return best;
  }

  /** Returns the k-th largest score. */
  static float largest(float[] scores, int offset, int length, int k) {
    float[] heap = Arrays.copyOfRange(scores, offset, offset + k);
    for (int i = k / 2 - 1; i >= 0; i--) {
      sink(heap, i);
    }
    for (int i = offset + k; i < offset + length; i++) {
      if (scores[i] > heap[0]) {
        heap[0] = scores[i];
        sink(heap, 0);
      }
    }
    return heap[0];
  }

  /** Restores a heap with its smallest value at 0. */
  private static void sink(float[] heap, int from) {
    int parent = from;
    float value = heap[parent];
    for (int child = 2 * parent + 1; child < heap.length; child = 2 * parent + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= value) {
        break;
      }
      heap[parent] = heap[child];
      parent = child;
    }
    heap[parent] = value;
  }

  /** Returns the indices of the scores that are not excluded, the smallest score first. */
  static int[] possibleAscending(float[] scores, int offset, int length) {
    long[] keys = new long[length];
    int count = 0;
    for (int i = 0; i < length; i++) {
      float score = scores[offset + i];
      if (score != Float.NEGATIVE_INFINITY) {
        keys[count++] = ((long) ordered(score) << Integer.SIZE) | i;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = (int) keys[i];
    }
    return indices;
  }

  /** Returns a whole number that orders as the score does. */
  private static int ordered(float score) {
    int bits = Float.floatToIntBits(score);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }
}
