package io.refract.registry;

import static io.refract.registry.LifecycleStage.ARCHIVED;
import static io.refract.registry.LifecycleStage.DEVELOPMENT;
import static io.refract.registry.LifecycleStage.PRODUCTION;
import static io.refract.registry.LifecycleStage.VALIDATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions move between stages and under aliases as the policy allows, and the log says so. */
class PromotionTest {

  @TempDir Path directory;
  private ModelRegistry registry;

  @BeforeEach
  void open() {
    registry = ModelRegistry.at(directory.resolve("registry"));
  }

  @Test
  void a_promotion_is_in_the_log_with_who_when_from_to_and_why() {
    ModelVersion version = Registrations.commit(registry, "news", "one");
    assertThat(registry.stage(version)).isEqualTo(DEVELOPMENT);

    AuditEvent event =
        registry.promote(version).to(PRODUCTION).by("bo").because("ROUGE-L 0.31").commit();

    assertThat(event.from()).contains(DEVELOPMENT);
    assertThat(event.to()).contains(PRODUCTION);
    assertThat(event.by()).isEqualTo("bo");
    assertThat(event.because()).isEqualTo("ROUGE-L 0.31");
    assertThat(registry.auditLog("news").last()).contains(event);
    assertThat(registry.stage(version)).isEqualTo(PRODUCTION);
    assertThat(registry.latest("news", PRODUCTION)).contains(version);
  }

  @Test
  void a_new_version_in_production_archives_its_predecessor_in_the_same_event() {
    ModelVersion first = Registrations.commit(registry, "news", "one");
    ModelVersion second = Registrations.commit(registry, "news", "two");
    registry.promote(first).to(PRODUCTION).commit();

    AuditEvent event = registry.promote(second).to(PRODUCTION).commit();

    assertThat(event.details()).containsEntry("archived", "1");
    assertThat(registry.stage(first)).isEqualTo(ARCHIVED);
    assertThat(registry.latest("news", PRODUCTION)).contains(second);
    registry.promote(first).to(PRODUCTION).because("roll back").commit();
    assertThat(registry.latest("news", PRODUCTION)).contains(first);
  }

  @Test
  void promoting_to_where_it_is_changes_nothing() {
    ModelVersion version = Registrations.commit(registry, "news", "one");
    AuditEvent event = registry.promote(version).to(PRODUCTION).by("bo").commit();

    assertThat(registry.promote(version).to(PRODUCTION).by("eve").commit()).isEqualTo(event);
    assertThat(registry.auditLog("news").events()).hasSize(2);
  }

  @Test
  void a_move_that_the_policy_does_not_allow_is_refused() {
    ModelRegistry strict =
        ModelRegistry.at(
            registry.directory(), PromotionPolicy.standard().forbidding(DEVELOPMENT, PRODUCTION));
    ModelVersion version = Registrations.commit(strict, "news", "one");

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> strict.promote(version).to(PRODUCTION).commit())
        .withMessageContaining("it is in DEVELOPMENT")
        .withMessageContaining("[VALIDATION, ARCHIVED]");
    strict.promote(version).to(VALIDATION).commit();
    strict.promote(version).to(PRODUCTION).commit();
    assertThat(strict.stage(version)).isEqualTo(PRODUCTION);
  }

  @Test
  void approvals_count_for_their_stage_once_per_person_and_never_from_the_author_or_promoter() {
    ModelRegistry governed =
        ModelRegistry.at(
            registry.directory(), PromotionPolicy.standard().requiringApprovals(PRODUCTION, 2));
    ModelVersion version = Registrations.commit(governed, "news", "one");
    governed.approve(version).forStage(PRODUCTION).by("ana").commit();
    governed.approve(version).forStage(PRODUCTION).by("bo").because("read it").commit();
    governed.approve(version).forStage(PRODUCTION).by("bo").commit();
    governed.approve(version).forStage(VALIDATION).by("eve").commit();
    governed.approve(version).forStage(PRODUCTION).by("mia").commit();

    assertThatExceptionOfType(RegistryException.class)
        .isThrownBy(() -> governed.promote(version).to(PRODUCTION).by("mia").commit())
        .withMessageContaining("approvals by 2 people")
        .withMessageContaining("there are 1 [bo]");
    AuditEvent event = governed.promote(version).to(PRODUCTION).by("zoe").commit();

    assertThat(event.details()).containsEntry("approvedBy", "bo\nmia");
    assertThat(governed.approvals(version)).hasSize(5);
  }

  @Test
  void an_alias_moves_freely_and_changes_no_stage() {
    ModelVersion first = Registrations.commit(registry, "news", "one");
    ModelVersion second = Registrations.commit(registry, "news", "two");

    registry.alias("champion").to(second).by("ana").commit();
    registry.alias("champion").to(first).by("ana").because("it was better").commit();

    assertThat(registry.aliased("news", "champion")).contains(first);
    assertThat(registry.aliased("news", "challenger")).isEmpty();
    assertThat(registry.aliases("news")).containsExactly(Map.entry("champion", 1));
    assertThat(registry.stage(first)).isEqualTo(DEVELOPMENT);
    assertThatIllegalArgumentException().isThrownBy(() -> registry.alias("7"));
  }
}
