package io.refract.registry;

import io.refract.artifact.ModelArtifact;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.ScorerProvider;
import io.refract.scoring.ScoringException;
import io.refract.scoring.TextModel;
import io.refract.scoring.WeightFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The smallest model there can be: it puts one word, kept in a file, behind each input. */
public record WordModel(String word) implements ModelArtifact, TextModel {

  static final String FORMAT = "word";

  @Override
  public String format() {
    return FORMAT;
  }

  @Override
  public void writeTo(Path directory) {
    try {
      Files.writeString(directory.resolve("word.txt"), word);
      Files.createDirectories(directory.resolve("more/below"));
      Files.writeString(directory.resolve("more/below/size.txt"), "" + word.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> generate(List<String> inputs, GenerationSettings settings) {
    return inputs.stream().map(input -> input + " " + word).toList();
  }

  @Override
  public void close() {}

  /** Opens such a model; found by its name in META-INF/services. */
  public static final class Provider implements ScorerProvider {

    /** The constructor that the service loader calls. */
    public Provider() {}

    @Override
    public String format() {
      return FORMAT;
    }

    @Override
    public TextModel open(Path directory, WeightFormat format) {
      if (format != WeightFormat.FLOAT32) {
        throw new ScoringException("words have no " + format, null);
      }
      try {
        return new WordModel(Files.readString(directory.resolve("word.txt")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
