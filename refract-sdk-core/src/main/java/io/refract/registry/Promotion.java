package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A move to another stage in the making, see {@link ModelRegistry#promote}. Not thread-safe. */
public final class Promotion {

  private final RegistryWriter writer;
  private final ModelVersion version;
  private @Nullable LifecycleStage stage;
  private String by = RegistryWriter.currentUser();
  private String because = "";

  Promotion(RegistryWriter writer, ModelVersion version) {
    this.writer = writer;
    this.version = version;
  }

  /** Sets the stage to move to; required. */
  public Promotion to(LifecycleStage value) {
    stage = requireNonNull(value, "stage");
    return this;
  }

  /**
   * Sets who moves it; default the user of this process.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public Promotion by(String person) {
    checkArgument(!person.isBlank(), "by must not be blank");
    by = person;
    return this;
  }

  /** Sets why; default empty. */
  public Promotion because(String reason) {
    because = requireNonNull(reason, "reason");
    return this;
  }

  /**
   * Verifies the version, and moves it. Does nothing when it is in the stage already, so that a
   * program that was interrupted can simply run again.
   *
   * @return the event that brought the version to the stage
   * @throws IllegalStateException if the stage is missing
   * @throws RegistryException if the policy does not allow the move, approvals are missing, or the
   *     version is damaged
   */
  public AuditEvent commit() {
    checkState(stage != null, "cannot promote %s without to(...)", version);
    return writer.promote(version, requireNonNull(stage), by, because);
  }
}
