package io.refract.train;

/** Which parameters a training leaves as they are. */
enum FrozenParameters {
  /** All parameters are trained. */
  NONE,

  /**
   * The encoder and the embedding, as with {@code freeze_params(model.get_encoder())} of Hugging
   * Face's examples: the embedding is the encoder's too.
   */
  ENCODER;

  boolean contains(String name) {
    return this == ENCODER && (name.startsWith("encoder.") || name.equals("shared.weight"));
  }
}
