package io.refract.train.t5.internal;

/** Seeds for many uses from one seed. */
public final class Seeds {

  /** The increment of SplitMix64. */
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private Seeds() {}

  /**
   * Returns a well-mixed seed of its own for each index.
   *
   * <p>Source: the generator SplitMix64 of Steele, Lea and Flood, "Fast Splittable Pseudorandom
   * Number Generators" (OOPSLA 2014).
   */
  public static long derive(long seed, long index) {
    long z = seed + (index + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
