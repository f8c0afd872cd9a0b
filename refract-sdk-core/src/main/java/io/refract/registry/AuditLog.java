package io.refract.registry;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All changes to one model, in order, as they were when the log was read. The registry only ever
 * appends to it.
 *
 * <p>Each line holds the SHA-256 of the line in front, so that a line that was changed, removed or
 * put in between is found whenever the log is read, unless it is the last. That the <em>last</em>
 * line was changed, or that lines were cut off at the end, cannot be seen from the log itself: who
 * must prove that, keeps {@link #head()} elsewhere.
 *
 * <p>Immutable and thread-safe.
 */
public final class AuditLog {

  static final String START = "0".repeat(64);

  private final String model;
  private final List<AuditEvent> events;
  private final List<String> lines;

  private AuditLog(String model, List<AuditEvent> events, List<String> lines) {
    this.model = model;
    this.events = events;
    this.lines = lines;
  }

  /**
   * Reads a log from its lines.
   *
   * @throws RegistryException if a line is not an event of this model, or the chain is broken
   */
  static AuditLog of(String model, List<String> lines) {
    List<AuditEvent> events = new ArrayList<>();
    String previous = START;
    Instant last = Instant.MIN;
    for (String line : lines) {
      AuditEvent event;
      try {
        event = AuditEvent.fromJson(line);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw broken(model, events.size() + 1, "it is not an event: " + e.getMessage(), e);
      }
      if (event.sequence() != events.size() + 1 || !event.model().equals(model)) {
        throw broken(
            model,
            events.size() + 1,
            "it says that it is event %d of '%s'".formatted(event.sequence(), event.model()),
            null);
      }
      if (!event.previous().equals(previous)) {
        throw broken(model, events.size() + 1, "it does not follow the event in front of it", null);
      }
      if (event.at().isBefore(last)) {
        throw broken(model, events.size() + 1, "it is older than the event in front of it", null);
      }
      events.add(event);
      last = event.at();
      previous = sha256(line);
    }
    return new AuditLog(model, List.copyOf(events), List.copyOf(lines));
  }

  private static RegistryException broken(
      String model, long sequence, String reason, @Nullable Throwable cause) {
    return new RegistryException(
        "cannot read the audit log of '%s': event %d was changed or lost, %s; restore the log from a copy"
            .formatted(model, sequence, reason),
        cause);
  }

  private static String sha256(String line) {
    return Hashing.sha256().hashString(line, StandardCharsets.UTF_8).toString();
  }

  /** Returns the name of the model. */
  public String model() {
    return model;
  }

  /** Returns all events, the oldest first. */
  public List<AuditEvent> events() {
    return events;
  }

  /** Returns the last event, if there is one. */
  public Optional<AuditEvent> last() {
    return events.isEmpty() ? Optional.empty() : Optional.of(events.get(events.size() - 1));
  }

  /** Returns the SHA-256 of the last line, which stands for the whole log up to it. */
  public String head() {
    return lines.isEmpty() ? START : sha256(lines.get(lines.size() - 1));
  }

  /** Returns the log as JSON lines, byte for byte as it is stored. */
  public String toJsonLines() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
