package io.refract.train.t5;

import io.refract.artifact.ModelArtifact;
import io.refract.train.checkpoint.CheckpointDirectory;
import java.nio.file.Path;

/** A model with an adapter, written as one without; see {@link T5Model#merged()}. */
record MergedModel(T5Model model) implements ModelArtifact {

  @Override
  public String format() {
    return T5Model.FORMAT;
  }

  @Override
  public void writeTo(Path directory) {
    CheckpointDirectory.checkVacant(directory);
    model.writeMerged(directory);
  }
}
