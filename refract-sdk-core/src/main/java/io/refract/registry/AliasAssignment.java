package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.refract.registry.AuditEvent.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An alias on its way to a version, see {@link ModelRegistry#alias}. An alias points to one version
 * of its model, and moves freely. Not thread-safe.
 */
public final class AliasAssignment {

  private final RegistryWriter writer;
  private final String alias;
  private @Nullable ModelVersion version;
  private String by = RegistryWriter.currentUser();
  private String because = "";

  AliasAssignment(RegistryWriter writer, String alias) {
    this.writer = writer;
    this.alias = alias;
  }

  /** Sets the version that the alias points to; required. */
  public AliasAssignment to(ModelVersion value) {
    version = requireNonNull(value, "version");
    return this;
  }

  /**
   * Sets who moves it; default the user of this process.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public AliasAssignment by(String person) {
    checkArgument(!person.isBlank(), "by must not be blank");
    by = person;
    return this;
  }

  /** Sets why; default empty. */
  public AliasAssignment because(String reason) {
    because = requireNonNull(reason, "reason");
    return this;
  }

  /**
   * Lets the alias point to the version, wherever it pointed before.
   *
   * @return the event
   * @throws IllegalStateException if the version is missing
   * @throws RegistryException if the log cannot be written
   */
  public AuditEvent commit() {
    checkState(version != null, "cannot move the alias '%s' without to(...)", alias);
    return writer.append(
        requireNonNull(version), Kind.ALIASED, Map.of("alias", alias), by, because);
  }
}
