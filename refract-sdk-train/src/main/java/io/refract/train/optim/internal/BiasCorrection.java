package io.refract.train.optim.internal;

/**
 * What makes up for running means that started at zero. Source: Kingma and Ba, "Adam" (ICLR 2015),
 * section 3.
 *
 * @param beta1 as the engine takes it
 * @param beta2 as the engine takes it
 * @param ofDeviation {@code sqrt(1 - beta2^t)}
 * @param ofRate {@code sqrt(1 - beta2^t) / (1 - beta1^t)}
 */
record BiasCorrection(float beta1, float beta2, double ofDeviation, double ofRate) {

  /** The engine's single update takes the betas as floats; the correction uses the same values. */
  static BiasCorrection of(double beta1, double beta2, int step) {
    float first = (float) beta1;
    float second = (float) beta2;
    double deviation = Math.sqrt(1 - Math.pow(second, step));
    return new BiasCorrection(first, second, deviation, deviation / (1 - Math.pow(first, step)));
  }
}
