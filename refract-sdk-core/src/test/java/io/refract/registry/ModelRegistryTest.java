package io.refract.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.refract.scoring.ScoreFunction;
import io.refract.scoring.ScoringException;
import io.refract.scoring.TextModel;
import io.refract.scoring.TextToText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRegistryTest {

  @TempDir Path directory;
  private ModelRegistry registry;

  @BeforeEach
  void open() {
    registry = ModelRegistry.at(directory.resolve("registry"));
  }

  @Test
  void numbers_start_at_one_and_follow_each_other() {
    assertThat(registry.models()).isEmpty();
    assertThat(registry.versions("news")).isEmpty();

    ModelVersion first = Registrations.commit(registry, "news", "one");
    ModelVersion second = Registrations.commit(registry, "news", "two");
    Registrations.commit(registry, "tickets", "one");

    assertThat(first.number()).isEqualTo(1);
    assertThat(second.number()).isEqualTo(2);
    assertThat(registry.versions("news")).containsExactly(first, second);
    assertThat(registry.models()).containsExactly("news", "tickets");
  }

  @Test
  void a_version_has_the_promised_files_and_reads_back_what_was_registered() throws IOException {
    ModelVersion version = Registrations.commit(registry, "news", "hello");

    try (Stream<Path> files = Files.list(version.directory())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "manifest.json", "provenance.json", "model", "score.json", "MODEL_CARD.md");
    }
    ModelVersion opened = ModelRegistry.at(registry.directory()).version("news", 1);
    assertThat(opened).isEqualTo(version);
    assertThat(opened.provenance()).isEqualTo(Registrations.PROVENANCE);
    assertThat(opened.metrics()).isEqualTo(Map.of("rougeL", 0.31, "exactMatch", 0.9));
    assertThat(opened.registeredBy()).isEqualTo("ana");
    assertThat(opened.scoreSpecification().format()).isEqualTo("word");
    assertThat(opened.scoreSpecification().functionClass()).isEqualTo(TextToText.class.getName());
    assertThat(opened.scoreSpecification().configuration()).containsEntry("prefix", "say: ");
    assertThat(opened.scoreJar()).isEmpty();
    assertThat(opened.modelDirectory().resolve("word.txt")).hasContent("hello");
    assertThat(opened.modelCard())
        .contains("| rougeL | 0.31 |", "| training | tickets.csv | 300 |");
  }

  @Test
  void equal_content_gives_the_version_that_is_there() {
    ModelVersion first = Registrations.commit(registry, "news", "one");
    Registrations.commit(registry, "news", "two");

    ModelVersion again = Registrations.of(registry, "news", "one").by("bo").commit();

    assertThat(again).isEqualTo(first);
    assertThat(registry.versions("news")).hasSize(2);
    assertThat(registry.auditLog("news").events()).hasSize(2);
  }

  @Test
  void other_metrics_or_another_function_are_other_content() {
    Registrations.commit(registry, "news", "one");

    assertThat(
            Registrations.of(registry, "news", "one").metrics(Map.of("f1", 0.5)).commit().number())
        .isEqualTo(2);
    assertThat(
            Registrations.of(registry, "news", "one")
                .scoreWith(new TextToText(Map.of("prefix", "other: ")))
                .commit()
                .number())
        .isEqualTo(3);
  }

  @Test
  void equal_content_of_a_damaged_version_is_registered_anew() throws IOException {
    ModelVersion damaged = Registrations.commit(registry, "news", "one");
    Files.writeString(damaged.modelDirectory().resolve("word.txt"), "two");

    ModelVersion again = Registrations.commit(registry, "news", "one");

    assertThat(again.number()).isEqualTo(2);
    again.verify();
  }

  @Test
  void a_number_is_never_given_twice_even_if_its_directory_was_deleted() throws IOException {
    Registrations.commit(registry, "news", "one");
    ModelVersion second = Registrations.commit(registry, "news", "two");
    com.google.common.io.MoreFiles.deleteRecursively(second.directory());

    assertThat(Registrations.commit(registry, "news", "three").number()).isEqualTo(3);
  }

  @Test
  void a_registration_that_fails_leaves_nothing() {
    Registration registration =
        Registrations.of(registry, "news", "one")
            .model(
                new io.refract.artifact.ModelArtifact() {
                  @Override
                  public String format() {
                    return "word";
                  }

                  @Override
                  public void writeTo(Path target) {
                    throw new IllegalStateException("no more tensors");
                  }
                });

    assertThatIllegalStateException()
        .isThrownBy(registration::commit)
        .withMessage("no more tensors");
    assertThat(registry.models()).isEmpty();
    assertThat(registry.directory().resolve("building")).isEmptyDirectory();
  }

  @Test
  void a_model_that_writes_a_link_is_refused() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret.txt"), "x");

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(
            () ->
                Registrations.of(registry, "news", "one")
                    .model(
                        new io.refract.artifact.ModelArtifact() {
                          @Override
                          public String format() {
                            return "word";
                          }

                          @Override
                          public void writeTo(Path target) {
                            try {
                              Files.createSymbolicLink(target.resolve("a"), secret);
                            } catch (IOException e) {
                              throw new java.io.UncheckedIOException(e);
                            }
                          }
                        })
                    .commit())
        .withMessageContaining("'model/a' is a symbolic link");
  }

  @Test
  void what_is_missing_is_named() {
    assertThatIllegalStateException()
        .isThrownBy(() -> registry.register("news").commit())
        .withMessage("cannot register 'news' without model(...)");
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.version("news", 1))
        .withMessageContaining("there is no such model");
    Registrations.commit(registry, "news", "one");
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.version("news", 7))
        .withMessageContaining("only the versions [1]");
  }

  @Test
  void a_metric_must_be_finite() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.register("news").metrics(Map.of("loss", Double.NaN)))
        .withMessage("metric 'loss' must be finite but was NaN");
  }

  /** A function that forgets its configuration could not be restored as it was registered. */
  public static final class Forgetful implements ScoreFunction<String, String> {
    private final String word;

    /** The constructor of the person who registers. */
    public Forgetful(String word) {
      this.word = word;
    }

    /** The constructor of the registry. */
    public Forgetful() {
      this("");
    }

    @Override
    public List<String> score(TextModel model, List<String> inputs) {
      return inputs;
    }

    @Override
    public Map<String, String> configuration() {
      return Map.of("word", word);
    }
  }

  @Test
  void a_score_function_that_cannot_be_built_again_is_refused() {
    ScoreFunction<String, String> lambda = (model, inputs) -> inputs;

    assertThatExceptionOfType(ScoringException.class)
        .isThrownBy(() -> Registrations.of(registry, "news", "a").scoreWith(lambda).commit())
        .withMessageContaining("cannot build the score function");
    assertThatExceptionOfType(ScoringException.class)
        .isThrownBy(
            () -> Registrations.of(registry, "news", "a").scoreWith(new Forgetful("x")).commit())
        .withMessageContaining("must take what its configuration() returns");
    assertThat(registry.models()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        "..",
        "../news",
        "a/b",
        "a\\b",
        "/etc",
        "C:news",
        ".hidden",
        "news.",
        "-a",
        "a b",
        "n\u00e9",
        "a\n",
        "nul",
        "COM1",
        "aux.txt",
        "a\u0000b"
      })
  void a_hostile_name_is_refused_before_anything_is_touched(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> registry.register(name));
    assertThatIllegalArgumentException().isThrownBy(() -> registry.versions(name));
    assertThatIllegalArgumentException().isThrownBy(() -> registry.version(name, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> registry.auditLog(name));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_name_has_at_most_100_letters() {
    Registrations.commit(registry, "n".repeat(100), "one");

    assertThatIllegalArgumentException().isThrownBy(() -> registry.register("n".repeat(101)));
  }

  @Test
  void a_name_that_differs_only_in_case_is_refused() {
    Registrations.commit(registry, "news", "one");

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> Registrations.commit(registry, "News", "one"))
        .withMessageContaining("there is a model 'news'");
  }

  @Test
  void a_directory_with_something_else_is_refused_and_left_alone() throws IOException {
    Files.writeString(directory.resolve("thesis.txt"), "years of work");

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> ModelRegistry.at(directory))
        .withMessageContaining("'thesis.txt'")
        .withMessageContaining("choose a new or an empty directory");
    assertThat(directory.resolve("thesis.txt")).hasContent("years of work");
  }

  @Test
  void a_link_that_leads_out_of_the_registry_is_not_followed() throws IOException {
    Registrations.commit(registry, "news", "one");
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Path model = registry.directory().resolve("models/tickets");
    Files.createSymbolicLink(model, outside);

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> Registrations.commit(registry, "tickets", "one"))
        .withMessageContaining("is a symbolic link");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void a_version_of_another_registry_is_refused() {
    ModelVersion foreign =
        Registrations.commit(ModelRegistry.at(directory.resolve("other")), "news", "one");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.promote(foreign))
        .withMessageContaining("not a version of the registry");
  }
}
