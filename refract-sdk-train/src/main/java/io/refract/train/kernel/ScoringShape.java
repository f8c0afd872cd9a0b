package io.refract.train.kernel;

/**
 * What the text of a {@link ScoringKernel} depends on.
 *
 * @param encoderLayers blocks of the encoder
 * @param decoderLayers blocks of the decoder
 * @param heads heads of each attention
 * @param headWidth width of a head
 * @param epsilon what is added to the mean square in a norm
 * @param activation the activation of the feed-forward layers, by its name in a configuration
 * @param gated whether the activation is a gate
 * @param outputScale what the decoder's states are multiplied with before the output layer
 */
public record ScoringShape(
    int encoderLayers,
    int decoderLayers,
    int heads,
    int headWidth,
    double epsilon,
    String activation,
    boolean gated,
    double outputScale) {}
