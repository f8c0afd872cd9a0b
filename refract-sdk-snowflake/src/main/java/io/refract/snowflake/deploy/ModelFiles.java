package io.refract.snowflake.deploy;

import com.google.common.collect.ImmutableList;
import io.refract.artifact.ArtifactFile;
import io.refract.registry.ModelVersion;
import io.refract.scoring.ScoreSpecification;
import io.refract.scoring.TextToText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a deployment needs of a registered model.
 *
 * @param name the name of the model
 * @param version its version
 * @param function its score function
 * @param files the files of the model's directory
 * @param verification fails when the files are not those of the hash manifest
 */
record ModelFiles(
    String name, String version, TextToText function, List<Entry> files, Runnable verification) {

  /** What {@code ModelArtifact.format()} of a T5 model returns. */
  private static final String FORMAT = "t5";

  private static final ImmutableList<String> MODEL_REQUIRED =
      ImmutableList.of("config.json", "model.safetensors");
  private static final ImmutableList<String> MODEL_OPTIONAL =
      ImmutableList.of("generation_config.json");

  /** Of a model that was saved as base plus adapter; the handler needs both or none. */
  private static final ImmutableList<String> ADAPTER =
      ImmutableList.of("adapter_config.json", "adapter_model.safetensors");

  private static final ImmutableList<String> TOKENIZER_REQUIRED =
      ImmutableList.of("tokenizer.json");
  private static final ImmutableList<String> TOKENIZER_OPTIONAL =
      ImmutableList.of("tokenizer_config.json", "special_tokens_map.json", "spiece.model");

  /**
   * A file.
   *
   * @param name its name
   * @param size its bytes
   * @param sha256 its digest
   * @param path where it is
   */
  record Entry(String name, long size, String sha256, Path path) {}

  /** Copies the files. */
  ModelFiles {
    files = ImmutableList.copyOf(files);
  }

  /**
   * Returns what a version offers.
   *
   * @throws DeploymentException when its model or its score function cannot run in Python
   */
  static ModelFiles of(ModelVersion version) {
    ScoreSpecification specification = version.scoreSpecification();
    if (!specification.format().equals(FORMAT)) {
      throw new DeploymentException(
          "Could not plan the deployment of %s: its format is '%s', and only '%s' models can become"
                  .formatted(version, specification.format(), FORMAT)
              + " a SQL function. Score it through the registry instead.",
          null);
    }
    if (!specification.functionClass().equals(TextToText.class.getName())) {
      throw new DeploymentException(
          "Could not plan the deployment of %s: its score function is the Java class %s, which does"
                  .formatted(version, specification.functionClass())
              + " not run in Snowflake's Python. Register the model with a TextToText (a prefix and"
              + " limits) and deploy that version, or score this one through the registry.",
          null);
    }
    ImmutableList.Builder<Entry> files = ImmutableList.builder();
    for (ArtifactFile file : version.manifest().files()) {
      Path path = version.directory().resolve(file.path());
      if (version.modelDirectory().equals(path.getParent())) {
        files.add(new Entry(path.getFileName().toString(), file.size(), file.sha256(), path));
      }
    }
    return new ModelFiles(
        version.name(),
        Integer.toString(version.number()),
        new TextToText(specification.configuration()),
        files.build(),
        version::verify);
  }

  /** Returns the files of configuration, weights and adapter. */
  List<Entry> model() {
    if (ADAPTER.stream().noneMatch(name -> find(name).isPresent())) {
      return select(MODEL_REQUIRED, MODEL_OPTIONAL);
    }
    return select(
        ImmutableList.<String>builder().addAll(MODEL_REQUIRED).addAll(ADAPTER).build(),
        MODEL_OPTIONAL);
  }

  /** Returns where the checkpoint says how it is decoded, if it does. */
  Optional<Path> generationConfig() {
    return find(MODEL_OPTIONAL.get(0)).map(Entry::path);
  }

  /** Returns the files of the tokenizer. */
  List<Entry> tokenizer() {
    return select(TOKENIZER_REQUIRED, TOKENIZER_OPTIONAL);
  }

  private List<Entry> select(List<String> required, List<String> optional) {
    List<Entry> selected = new ArrayList<>();
    for (String wanted : required) {
      selected.add(
          find(wanted)
              .orElseThrow(
                  () ->
                      new DeploymentException(
                          "Could not plan the deployment of %s: its model has no file %s, only %s."
                                  .formatted(this, wanted, files.stream().map(Entry::name).toList())
                              + " Save the model with the SDK, register it again and deploy that.",
                          null)));
    }
    optional.forEach(wanted -> find(wanted).ifPresent(selected::add));
    return selected;
  }

  private Optional<Entry> find(String wanted) {
    return files.stream().filter(file -> file.name().equals(wanted)).findFirst();
  }

  /** Returns name and version. */
  @Override
  public String toString() {
    return name + " version " + version;
  }
}
