package io.refract.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really killed: {@code destroyForcibly} is kill -9. */
class CrashTest {

  /** More of them with {@code -Drefract.crash.rounds}. */
  private static final int ROUNDS = Integer.getInteger("refract.crash.rounds", 4);

  private static final int ENDLESS = 1_000_000;

  @TempDir Path directory;

  @Test
  void killed_writers_leave_a_registry_that_reads_and_goes_on() throws Exception {
    long seed = Long.getLong("refract.seed", System.nanoTime());
    System.out.println("killed_writers: replay with -Drefract.seed=" + seed);
    Random random = new Random(seed);
    Path root = directory.resolve("registry");
    ModelRegistry registry = ModelRegistry.at(root);
    Registrations.commit(registry, "news", "first");

    for (int round = 0; round < ROUNDS; round++) {
      List<Process> writers = new ArrayList<>();
      for (String writer : List.of("a", "b")) {
        writers.add(
            ChildJvm.start(
                RegisteringMain.class,
                directory.resolve("log"),
                root.toString(),
                "news",
                writer + round,
                "" + ENDLESS));
      }
      int before = registry.versions("news").size();
      int target = before + 1 + random.nextInt(4);
      while (registry.versions("news").size() < target) {
        assertThat(writers).as("log: %s", directory.resolve("log")).allMatch(Process::isAlive);
        Thread.onSpinWait();
      }
      // Anywhere within the next few milliseconds, so in any step of the next write.
      TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
      writers.forEach(Process::destroyForcibly);
      for (Process writer : writers) {
        writer.waitFor();
      }

      assertSound(registry);
      int highest = highest(registry);
      ModelVersion next = Registrations.commit(registry, "news", "after round " + round);
      assertThat(next.number()).isEqualTo(highest + 1);
      assertThat(root.resolve("building")).as("leftovers of the dead").isEmptyDirectory();
    }
  }

  @Test
  void several_processes_at_once_get_unique_numbers_and_one_consistent_log() throws Exception {
    Path root = directory.resolve("registry");
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      writers.add(
          ChildJvm.start(
              RegisteringMain.class,
              directory.resolve("log" + i),
              root.toString(),
              "news",
              "writer" + i,
              "8"));
    }
    for (Process writer : writers) {
      assertThat(writer.waitFor()).isZero();
    }

    ModelRegistry registry = ModelRegistry.at(root);
    assertSound(registry);
    List<Integer> printed = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Files.readAllLines(directory.resolve("log" + i)).stream()
          .filter(line -> line.matches("[0-9]+"))
          .map(Integer::valueOf)
          .forEach(printed::add);
    }
    assertThat(printed)
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 24).boxed().toList());
    assertThat(registry.auditLog("news").events()).hasSize(48);
  }

  /** Every version is whole; every stage follows from an unbroken log; one is in production. */
  private static void assertSound(ModelRegistry registry) {
    List<ModelVersion> versions = registry.versions("news");
    assertThat(versions.stream().map(ModelVersion::number))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, versions.size()).boxed().toList());
    versions.forEach(ModelVersion::verify);
    AuditLog log = registry.auditLog("news");
    assertThat(
            log.events().stream()
                .filter(event -> event.kind() == AuditEvent.Kind.REGISTERED)
                .map(AuditEvent::version))
        .doesNotHaveDuplicates();
    assertThat(inProduction(registry, versions)).hasSizeLessThanOrEqualTo(1);
  }

  private static List<ModelVersion> inProduction(
      ModelRegistry registry, List<ModelVersion> versions) {
    ModelState state = ModelState.of(registry.auditLog("news"));
    return versions.stream()
        .filter(version -> state.stage(version.number()) == LifecycleStage.PRODUCTION)
        .toList();
  }

  private static int highest(ModelRegistry registry) {
    return registry.versions("news").stream().mapToInt(ModelVersion::number).max().orElseThrow();
  }

  @Test
  void threads_that_register_the_same_content_at_once_get_the_same_version() {
    ModelRegistry registry = ModelRegistry.at(directory.resolve("registry"));

    List<Integer> numbers =
        Stream.generate(() -> "same")
            .limit(16)
            .parallel()
            .map(word -> Registrations.commit(registry, "news", word).number())
            .toList();

    assertThat(numbers).containsOnly(1);
    assertThat(registry.auditLog("news").events()).hasSize(1);
  }

  @Test
  void a_version_whose_writer_died_before_it_could_log_it_is_logged_by_the_next_writer()
      throws Exception {
    ModelRegistry registry = ModelRegistry.at(directory.resolve("registry"));
    ModelVersion version = Registrations.commit(registry, "news", "one");
    com.google.common.io.MoreFiles.deleteRecursively(
        registry.directory().resolve("models/news/events"));

    assertThat(registry.stage(version)).isEqualTo(LifecycleStage.DEVELOPMENT);
    assertThat(registry.latest("news", LifecycleStage.DEVELOPMENT)).contains(version);
    registry.promote(version).to(LifecycleStage.PRODUCTION).commit();

    assertThat(registry.auditLog("news").events().stream().map(AuditEvent::kind))
        .containsExactly(AuditEvent.Kind.REGISTERED, AuditEvent.Kind.PROMOTED);
  }

  @Test
  void what_a_living_or_unknown_writer_has_in_work_is_left_alone() throws Exception {
    ModelRegistry registry = ModelRegistry.at(directory.resolve("registry"));
    Registrations.commit(registry, "news", "one");
    Path elsewhere = registry.directory().resolve("building/1-0123456789abcdef-x");
    Files.createDirectories(elsewhere);
    Path mine = new Workspace(RegistryLayout.at(registry.directory())).open();

    Registrations.commit(registry, "news", "two");

    assertThat(elsewhere).exists();
    assertThat(mine).exists();
    Files.setLastModifiedTime(
        elsewhere,
        java.nio.file.attribute.FileTime.from(
            java.time.Instant.now().minus(java.time.Duration.ofDays(8))));
    Registrations.commit(registry, "news", "three");
    assertThat(elsewhere).as("untouched for a week").doesNotExist();
  }
}
