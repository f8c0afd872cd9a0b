package io.refract.train.generation;

/**
 * What a new token adds to a text.
 *
 * @param input which of the inputs it belongs to, from 0
 * @param sequence which of the sequences of this input, from 0
 * @param tokenId the token
 * @param text what can be printed now that could not before; often empty, because the last word is
 *     held back until it is complete. All pieces of a sequence one after another are its text
 * @param last whether the sequence has ended
 */
public record GeneratedPiece(int input, int sequence, int tokenId, String text, boolean last) {}
