package io.refract.scoring;

import java.util.List;
import java.util.Map;

/**
 * What a registered model is asked to do: it turns inputs of a person's domain into outputs, with
 * the help of a model. It is registered together with the model and travels with it.
 *
 * <p>An implementation is a public class of a named package that is restored in another JVM from
 * its class name and its {@link #configuration()}: it has either a public constructor that takes a
 * {@code Map<String, String>}, or a public constructor without parameters. It is thread-safe.
 *
 * @param <I> the type of an input
 * @param <O> the type of an output
 */
public interface ScoreFunction<I, O> {

  /**
   * Scores a batch.
   *
   * @param model the model
   * @param inputs the inputs; never null, no element is null
   * @return one output per input, in the same order
   */
  List<O> score(TextModel model, List<I> inputs);

  /** Returns what the constructor needs to build an equal function again; empty by default. */
  default Map<String, String> configuration() {
    return Map.of();
  }
}
