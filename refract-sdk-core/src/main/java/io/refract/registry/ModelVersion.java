package io.refract.registry;

import com.google.common.hash.Hashing;
import io.refract.artifact.ArtifactException;
import io.refract.artifact.ArtifactManifest;
import io.refract.internal.DurableFiles;
import io.refract.progress.ProgressListener;
import io.refract.provenance.Provenance;
import io.refract.scoring.ScoreSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One immutable version of a model: its files, its score function, where it comes from and what was
 * measured. Its directory holds
 *
 * <pre>
 * manifest.json      every file with size and SHA-256
 * provenance.json    data, base checkpoint, hyper-parameters, seed, software, machine
 * model/             what the model wrote
 * score.json         which score function, with its configuration
 * score.jar          the function's classes, if they were registered with it
 * MODEL_CARD.md      the same for people
 * </pre>
 *
 * <p>Nothing in this directory may be changed; whatever was changed is found by {@link #verify()}.
 * Immutable and thread-safe. Two are equal when they are the same version of the same registry.
 */
public final class ModelVersion {

  static final String MODEL = "model";
  static final String PROVENANCE = "provenance.json";
  static final String SCORE = "score.json";
  static final String CARD = "MODEL_CARD.md";

  private final Path directory;
  private final String manifestText;
  private final VersionManifest manifest;

  private ModelVersion(Path directory, String manifestText, VersionManifest manifest) {
    this.directory = directory;
    this.manifestText = manifestText;
    this.manifest = manifest;
  }

  /** Reads the manifest, and nothing else. */
  static ModelVersion read(Path directory, String model, int number) {
    try {
      String text = Files.readString(directory.resolve(ArtifactManifest.FILE_NAME));
      VersionManifest manifest = VersionManifest.fromJson(text);
      if (!manifest.model().equals(model) || manifest.version() != number) {
        throw new IllegalArgumentException(
            "it belongs to version %d of '%s'".formatted(manifest.version(), manifest.model()));
      }
      return new ModelVersion(directory, text, manifest);
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw damaged(model, number, directory, ArtifactManifest.FILE_NAME + ": " + message(e), e);
    }
  }

  private static String message(Exception failure) {
    return failure instanceof IOException
        ? failure.toString()
        : Objects.toString(failure.getMessage());
  }

  private static RegistryException damaged(
      String model, int number, Path directory, String reason, @Nullable Throwable cause) {
    return new RegistryException(
        "cannot open version %d of '%s': it is damaged, %s; restore %s from a copy"
            .formatted(number, model, reason, directory),
        cause);
  }

  /** Returns the name of the model. */
  public String name() {
    return manifest.model();
  }

  /** Returns the number, starting at 1. */
  public int number() {
    return manifest.version();
  }

  /** Returns the directory of this version. */
  public Path directory() {
    return directory;
  }

  /** Returns the directory with what {@code ModelArtifact.writeTo} wrote. */
  public Path modelDirectory() {
    return directory.resolve(MODEL);
  }

  /** Returns every file of this version but {@code manifest.json} itself. */
  public ArtifactManifest manifest() {
    return manifest.content();
  }

  /** Returns the digest over all files, 64 lower-case hexadecimal digits. */
  public String digest() {
    return manifest.content().digest();
  }

  /** Returns what was measured, by name. */
  public Map<String, Double> metrics() {
    return manifest.metrics();
  }

  /** Returns what the model is for, empty when nothing was said. */
  public String description() {
    return manifest.description();
  }

  /** Returns when this version was registered. */
  public Instant registeredAt() {
    return manifest.registeredAt();
  }

  /** Returns who registered this version. */
  public String registeredBy() {
    return manifest.registeredBy();
  }

  /**
   * Reads where this version comes from.
   *
   * @throws RegistryException if the file is damaged
   */
  public Provenance provenance() {
    return parse(PROVENANCE, Provenance::fromJson);
  }

  /**
   * Reads how this version is scored.
   *
   * @throws RegistryException if the file is damaged
   */
  public ScoreSpecification scoreSpecification() {
    return parse(SCORE, ScoreSpecification::fromJson);
  }

  /**
   * Returns the jar that holds the score function, if it was registered with one.
   *
   * @throws RegistryException if {@code score.json} is damaged
   */
  public Optional<Path> scoreJar() {
    return Optional.ofNullable(scoreSpecification().jar()).map(directory::resolve);
  }

  /**
   * Reads the description for people, in Markdown.
   *
   * @throws RegistryException if the file is damaged
   */
  public String modelCard() {
    return parse(CARD, text -> text);
  }

  private <T> T parse(String file, Function<String, T> parser) {
    try {
      byte[] bytes = Files.readAllBytes(directory.resolve(file));
      if (!manifest()
          .file(file)
          .map(listed -> listed.sha256().equals(Hashing.sha256().hashBytes(bytes).toString()))
          .orElse(false)) {
        throw damaged(name(), number(), directory, file + " was changed", null);
      }
      return parser.apply(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(name(), number(), directory, file + ": " + message(e), e);
    }
  }

  /**
   * Checks that every file has the bytes it was registered with, and that there are no others.
   *
   * @throws RegistryException if that is not so; the message names the files
   */
  public void verify() {
    verify(ProgressListener.none());
  }

  /**
   * Checks that every file has the bytes it was registered with, and that there are no others.
   *
   * @param progress hears how many bytes are read
   * @throws RegistryException if that is not so; the message names the files
   */
  public void verify(ProgressListener progress) {
    try {
      String text = Files.readString(directory.resolve(ArtifactManifest.FILE_NAME));
      if (!text.equals(manifestText)) {
        throw damaged(name(), number(), directory, "manifest.json was changed", null);
      }
      manifest().verify(directory, progress);
    } catch (IOException | ArtifactException e) {
      throw damaged(name(), number(), directory, Objects.toString(e.getMessage()), e);
    }
  }

  /** Checks the manifest itself against what the audit log says. */
  void verifyAgainst(ModelState state) {
    state
        .registration(number())
        .filter(event -> !manifestSha256().equals(event.details().get("manifest")))
        .ifPresent(
            event -> {
              throw damaged(
                  name(),
                  number(),
                  directory,
                  "manifest.json is not the one that the audit log names",
                  null);
            });
  }

  /** Copies the files; the manifest comes last, so that it says that the copy is complete. */
  void copyTo(Path target, ProgressListener progress) {
    Path copiedManifest = target.resolve(ArtifactManifest.FILE_NAME);
    Path partial = target.resolve(ArtifactManifest.FILE_NAME + ArtifactManifest.PARTIAL);
    try {
      if (Files.exists(copiedManifest) && !Files.readString(copiedManifest).equals(manifestText)) {
        throw new RegistryException(
            "cannot download %s to %s: another version is there; choose an empty directory"
                .formatted(this, target),
            null);
      }
      manifest().copy(directory, target, progress);
      DurableFiles.forceTree(target);
      DurableFiles.write(partial, manifestText);
      Files.move(partial, copiedManifest, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.forceDirectory(target);
    } catch (IOException | ArtifactException e) {
      throw new RegistryException(
          "cannot download %s to %s: %s".formatted(this, target, message(e)), e);
    }
  }

  String manifestSha256() {
    return Hashing.sha256().hashBytes(manifestText.getBytes(StandardCharsets.UTF_8)).toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelVersion that
        && directory.equals(that.directory)
        && manifestText.equals(that.manifestText);
  }

  @Override
  public int hashCode() {
    return Objects.hash(directory, manifestText);
  }

  @Override
  public String toString() {
    return name() + " version " + number() + " (" + digest().substring(0, 12) + ")";
  }
}
