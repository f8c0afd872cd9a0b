package io.refract.samples;

import io.refract.scoring.WeightFormat;
import io.refract.train.t5.T5Model;
import picocli.CommandLine.Option;

/** The option that says in which numbers a model scores. */
final class WeightOptions {

  @Option(
      names = "--dtype",
      paramLabel = "float32|bfloat16|int8",
      description =
          "Numbers that the weights are held in while texts are generated; int8 is dynamic"
              + " quantization (default: ${DEFAULT-VALUE}).")
  String dtype = "float32";

  /**
   * Opens a model that scores so.
   *
   * @param model a directory or a hub id
   * @throws SampleException if there is no format of that name, or this platform lacks it
   */
  T5Model open(String model) {
    WeightFormat format;
    try {
      format = WeightFormat.of(dtype);
    } catch (IllegalArgumentException e) {
      throw new SampleException("--dtype " + dtype + ": " + e.getMessage());
    }
    T5Model opened = T5Model.load(model);
    try {
      return opened.scoreIn(format);
    } catch (IllegalStateException e) {
      opened.close();
      throw new SampleException("--dtype " + dtype + ": " + e.getMessage());
    }
  }
}
