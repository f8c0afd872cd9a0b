package io.refract.registry;

import static io.refract.registry.LifecycleStage.PRODUCTION;
import static io.refract.registry.LifecycleStage.VALIDATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path directory;
  private final SettableClock clock = new SettableClock();
  private ModelRegistry registry;
  private ModelVersion first;
  private ModelVersion second;

  /** Noon: both registered; 13: the first in production; 14: the second in production. */
  @BeforeEach
  void a_day_in_the_life() {
    registry = ModelRegistry.at(directory.resolve("registry"), PromotionPolicy.standard(), clock);
    first = Registrations.commit(registry, "news", "one");
    second = Registrations.commit(registry, "news", "two");
    clock.now = NOON.plus(Duration.ofHours(1));
    registry.promote(first).to(PRODUCTION).by("bo").because("good").commit();
    clock.now = NOON.plus(Duration.ofHours(2));
    registry.promote(second).to(PRODUCTION).by("bo").because("better").commit();
  }

  @Test
  void the_log_knows_what_was_in_production_when() {
    assertThat(inProductionAt(NOON)).isEmpty();
    assertThat(inProductionAt(NOON.plus(Duration.ofMinutes(59)))).isEmpty();
    assertThat(inProductionAt(NOON.plus(Duration.ofHours(1)))).containsExactly(1);
    assertThat(inProductionAt(NOON.plus(Duration.ofMinutes(119)))).containsExactly(1);
    assertThat(inProductionAt(NOON.plus(Duration.ofHours(2)))).containsExactly(2);
  }

  private List<Integer> inProductionAt(Instant time) {
    return registry.numberInStageAt("news", PRODUCTION, time).stream().toList();
  }

  @Test
  void each_line_holds_the_sha256_of_the_line_in_front() throws Exception {
    List<String> lines = registry.auditLog("news").toJsonLines().lines().toList();

    assertThat(lines).hasSize(4);
    for (int i = 1; i < lines.size(); i++) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(lines.get(i - 1).getBytes(StandardCharsets.UTF_8));
      assertThat(AuditEvent.fromJson(lines.get(i)).previous())
          .isEqualTo(HexFormat.of().formatHex(digest));
    }
  }

  @Test
  void a_clock_that_was_set_back_does_not_reorder_history() {
    clock.now = NOON;

    AuditEvent event = registry.promote(second).to(VALIDATION).commit();

    assertThat(event.at()).isEqualTo(NOON.plus(Duration.ofHours(2)));
  }

  @Test
  void a_changed_event_is_found() throws IOException {
    Path event = event(3);
    Files.writeString(event, Files.readString(event).replace("\"bo\"", "\"ana\""));

    assertBroken("event 4 was changed or lost, it does not follow the event in front of it");
  }

  @Test
  void a_changed_last_event_shows_in_the_head_only() throws IOException {
    String head = registry.auditLog("news").head();
    Path event = event(4);
    Files.writeString(event, Files.readString(event).replace("better", "worse"));

    assertThat(registry.auditLog("news").events()).hasSize(4);
    assertThat(registry.auditLog("news").head()).isNotEqualTo(head);
  }

  @Test
  void a_truncated_event_is_found() throws IOException {
    Path event = event(4);
    Files.writeString(event, Files.readString(event).substring(0, 100));

    assertBroken("event 4 was changed or lost, it is not an event");
  }

  @Test
  void a_removed_event_is_found() throws IOException {
    Files.delete(event(2));

    assertBroken("event 2 of 4 is missing");
  }

  @Test
  void a_renumbered_event_is_found() throws IOException {
    Files.delete(event(2));
    Files.move(event(3), event(2));
    Files.move(event(4), event(3));
    Files.delete(event(4).getParent());

    assertBroken("it says that it is event 3 of 'news'");
  }

  /** A log that is not what it was must not be continued as if nothing had happened. */
  private void assertBroken(String message) {
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.auditLog("news"))
        .withMessageContaining(message);
    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> registry.promote(first).to(VALIDATION).commit());
  }

  private Path event(int sequence) {
    return registry.directory().resolve("models/news/events/%08d/event.json".formatted(sequence));
  }

  /** A clock that shows what a test says. */
  private static final class SettableClock extends Clock {
    private Instant now = NOON;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
