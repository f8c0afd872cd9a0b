package io.refract.train.kernel;

/**
 * What the text of a {@link LayerKernel} depends on.
 *
 * @param heads heads of each attention
 * @param epsilon what is added to the mean square in a norm
 * @param activation the activation of the feed-forward layers, by its name in a configuration
 * @param bf16 whether the products of attention are taken in bfloat16
 * @param dropScale what the elements that dropout keeps are multiplied with; 1 without dropout
 */
public record LayerShape(
    int heads, double epsilon, String activation, boolean bf16, double dropScale) {}
