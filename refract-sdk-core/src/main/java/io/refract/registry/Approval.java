package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.refract.registry.AuditEvent.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A person's approval in the making, see {@link ModelRegistry#approve}. It changes no stage; it
 * counts when the version is moved under a policy that demands approvals. Not thread-safe.
 */
public final class Approval {

  private final RegistryWriter writer;
  private final ModelVersion version;
  private @Nullable LifecycleStage stage;
  private String by = RegistryWriter.currentUser();
  private String because = "";

  Approval(RegistryWriter writer, ModelVersion version) {
    this.writer = writer;
    this.version = version;
  }

  /** Sets the stage that the version may move to; required. */
  public Approval forStage(LifecycleStage value) {
    stage = requireNonNull(value, "stage");
    return this;
  }

  /**
   * Sets who approves; default the user of this process.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public Approval by(String person) {
    checkArgument(!person.isBlank(), "by must not be blank");
    by = person;
    return this;
  }

  /** Sets why; default empty. */
  public Approval because(String reason) {
    because = requireNonNull(reason, "reason");
    return this;
  }

  /**
   * Writes the approval into the audit log. A second approval by the same person adds an event, and
   * counts once.
   *
   * @return the event
   * @throws IllegalStateException if the stage is missing
   * @throws RegistryException if the log cannot be written
   */
  public AuditEvent commit() {
    checkState(stage != null, "cannot approve %s without forStage(...)", version);
    return writer.append(
        version, Kind.APPROVED, Map.of("stage", requireNonNull(stage).name()), by, because);
  }
}
