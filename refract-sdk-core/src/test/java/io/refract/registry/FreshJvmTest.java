package io.refract.registry;

import static io.refract.registry.LifecycleStage.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.refract.scoring.ScoreFunction;
import io.refract.scoring.Scorer;
import io.refract.scoring.ScoringException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry is all that another JVM needs. */
class FreshJvmTest {

  @TempDir Path directory;
  private ModelRegistry registry;

  @BeforeEach
  void open() {
    registry = ModelRegistry.at(directory.resolve("registry"));
  }

  @Test
  void a_fresh_jvm_scores_from_the_registry_alone() throws Exception {
    ModelVersion version = Registrations.commit(registry, "news", "world");
    registry.promote(version).to(PRODUCTION).commit();

    assertThat(scoreInFreshJvm("PRODUCTION", "hello", "", " \u00a0"))
        .containsExactly("say: hello world", "null", "null");
  }

  @Test
  void a_thread_that_does_not_see_the_sdk_scores_too() throws Exception {
    registry.promote(Registrations.commit(registry, "news", "world")).to(PRODUCTION).commit();

    assertThat(scoreInFreshJvm("FOREIGN", "hello")).containsExactly("say: hello world");
  }

  @Test
  void the_class_of_the_score_function_travels_in_its_jar() throws Exception {
    Path jar = jar("shout", "!");
    try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      ModelVersion version =
          Registrations.of(registry, "news", "world").scoreWith(function(classes), jar).commit();
      registry.promote(version).to(PRODUCTION).commit();
      assertThat(version.scoreJar()).contains(version.directory().resolve("score.jar"));
    }
    Files.delete(jar);

    assertThat(scoreInFreshJvm("PRODUCTION", "hello")).containsExactly("HELLO WORLD!");
  }

  @Test
  void each_version_is_scored_with_its_own_code_even_under_the_same_class_name() throws Exception {
    for (String mark : List.of("!", "?")) {
      Path jar = jar("shout" + (int) mark.charAt(0), mark);
      try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
        Registrations.of(registry, "news", "world").scoreWith(function(classes), jar).commit();
      }
    }

    assertThat(scoreInFreshJvm("ALL", "hello")).containsExactly("HELLO WORLD!", "HELLO WORLD?");
  }

  @Test
  void a_jar_without_the_class_is_refused() throws Exception {
    Path jar = jar("shout", "!");
    Path empty = directory.resolve("empty.jar");
    try (OutputStream out = Files.newOutputStream(empty);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry("readme.txt"));
    }
    try (URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      assertThatExceptionOfType(ScoringException.class)
          .isThrownBy(
              () ->
                  Registrations.of(registry, "news", "world")
                      .scoreWith(function(classes), empty)
                      .commit())
          .withMessageContaining("example.shout.Shout")
          .withMessageContaining("is not in the registered jar");
    }
  }

  @Test
  void nothing_in_production_is_said_with_what_there_is() {
    Registrations.commit(registry, "news", "world");

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.scorer("news", PRODUCTION))
        .withMessageContaining("no version of it is in PRODUCTION, 1 is in DEVELOPMENT")
        .withMessageContaining("promote one first");
  }

  @Test
  void a_missing_provider_is_said_with_the_dependency_to_add() {
    ModelVersion version =
        Registrations.of(registry, "news", "world").model(new Renamed("t5")).commit();

    assertThatExceptionOfType(ScoringException.class)
        .isThrownBy(
            () -> {
              try (Scorer<String, String> scorer = registry.scorer(version)) {
                scorer.score("x");
              }
            })
        .withMessageContaining("no provider for it is on the class path")
        .withMessageContaining("add the dependency io.refract:refract-sdk-train");
  }

  @Test
  void the_provider_is_asked_for_the_numbers_to_score_with() throws Exception {
    Registrations.commit(registry, "news", "world");

    assertThat(scoreInFreshJvm("FLOAT32", "hello")).containsExactly("say: hello world");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> scoreInFreshJvm("INT8", "hello"))
        .withMessageContaining("ScoringException: words have no INT8");
  }

  /** A model of a format that this test does not provide. */
  private record Renamed(String format) implements io.refract.artifact.ModelArtifact {
    @Override
    public void writeTo(Path target) {
      new WordModel("x").writeTo(target);
    }
  }

  private List<String> scoreInFreshJvm(String... inputs) throws Exception {
    String[] arguments =
        Stream.concat(Stream.of(registry.directory().toString(), "news"), Stream.of(inputs))
            .toArray(String[]::new);
    return ChildJvm.run(ScoringMain.class, directory.resolve("log"), arguments).lines().toList();
  }

  @SuppressWarnings("unchecked") // The class is the one that jar() compiled.
  private static ScoreFunction<String, String> function(ClassLoader classes) throws Exception {
    return (ScoreFunction<String, String>)
        classes.loadClass("example.shout.Shout").getConstructor().newInstance();
  }

  /** Compiles a function that shouts, and packs it. */
  private Path jar(String name, String mark) throws IOException {
    Path sources = Files.createDirectories(directory.resolve(name + "/example/shout"));
    Path source = sources.resolve("Shout.java");
    Files.writeString(
        source,
        """
        package example.shout;
        import io.refract.scoring.*;
        import java.util.*;
        public final class Shout implements ScoreFunction<String, String> {
          public List<String> score(TextModel model, List<String> inputs) {
            return model.generate(inputs, GenerationSettings.defaults()).stream()
                .map(text -> Loud.of(text)).toList();
          }
        }
        final class Loud {
          static String of(String text) { return text.toUpperCase(Locale.ROOT) + "%s"; }
        }
        """
            .formatted(mark));
    // The compiler by its name, for the module of these tests does not read java.compiler.
    ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
    assertThat(
            compiler.run(
                System.out,
                System.err,
                "-proc:none",
                "-cp",
                ChildJvm.classPath(),
                source.toString()))
        .isZero();
    Path jar = directory.resolve(name + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String type : List.of("Shout.class", "Loud.class")) {
        entries.putNextEntry(new JarEntry("example/shout/" + type));
        Files.copy(sources.resolve(type), entries);
      }
    }
    return jar;
  }
}
