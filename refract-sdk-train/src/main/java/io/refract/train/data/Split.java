package io.refract.train.data;

/**
 * A data set in two parts that share no source text.
 *
 * @param training the part to learn from
 * @param validation the part to judge by
 */
public record Split(Dataset training, Dataset validation) {}
