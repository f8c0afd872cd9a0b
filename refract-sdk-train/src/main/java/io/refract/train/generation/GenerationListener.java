package io.refract.train.generation;

/**
 * Hears of tokens while they are generated, on the thread that generates: be quick. What it throws
 * ends the generation. Pieces of one sequence come in their order; several sequences take turns.
 */
@FunctionalInterface
public interface GenerationListener {

  /** Takes a new token. */
  void onPiece(GeneratedPiece piece);
}
