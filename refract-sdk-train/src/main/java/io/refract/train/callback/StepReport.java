package io.refract.train.callback;

/**
 * One update of the weights.
 *
 * @param step the update's number, from 1
 * @param totalSteps all updates of the training
 * @param epoch the epoch it belongs to, from 1
 * @param loss mean cross entropy over the target tokens of the update, in nats
 * @param gradientNorm the norm of all gradients before clipping
 * @param learningRate the learning rate of the update
 * @param tokensPerSecond source and target tokens per second since the start, padding and
 *     evaluations not counted
 */
public record StepReport(
    int step,
    int totalSteps,
    int epoch,
    double loss,
    double gradientNorm,
    double learningRate,
    double tokensPerSecond) {}
