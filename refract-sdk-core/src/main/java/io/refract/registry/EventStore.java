package io.refract.registry;

import io.refract.internal.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The audit logs on the disk. Each event is a directory of its own, published with one rename under
 * the next free number; who loses the race for a number reads the log again and decides anew. So
 * each decision is made on the log exactly as it stands in front of its event, with no lock.
 */
final class EventStore {

  private static final String FILE = "event.json";

  /** What is to be appended; place, time and chain are added by the store. */
  record Draft(
      AuditEvent.Kind kind, int version, Map<String, String> details, String by, String because) {}

  private final RegistryLayout layout;
  private final Workspace workspace;
  private final Clock clock;

  EventStore(RegistryLayout layout, Workspace workspace, Clock clock) {
    this.layout = layout;
    this.workspace = workspace;
    this.clock = clock;
  }

  AuditLog read(String model) {
    List<String> lines = new ArrayList<>();
    try {
      // Listed first: whatever a listing shows, all events in front of it existed before.
      long listed = layout.highestEvent(model);
      for (long sequence = 1; ; sequence++) {
        Path file = layout.event(model, sequence).resolve(FILE);
        try {
          lines.add(Files.readString(file).stripTrailing());
        } catch (NoSuchFileException e) {
          if (sequence <= listed) {
            throw new RegistryException(
                "cannot read the audit log of '%s': event %d of %d is missing; restore %s from a copy"
                    .formatted(model, sequence, listed, file),
                e);
          }
          return AuditLog.of(model, lines);
        }
      }
    } catch (IOException e) {
      throw new RegistryException(
          "cannot read the audit log of '%s': %s; check the rights on the registry"
              .formatted(model, e),
          e);
    }
  }

  /**
   * Appends one event.
   *
   * @param decision looks at the log and says what to append in view of it, or nothing; called
   *     again whenever another process was faster
   * @return the event, or nothing when nothing was to be appended
   */
  Optional<AuditEvent> append(String model, Function<AuditLog, Optional<Draft>> decision) {
    while (true) {
      AuditLog log = read(model);
      Optional<Draft> draft = decision.apply(log);
      if (draft.isEmpty()) {
        return Optional.empty();
      }
      AuditEvent event = next(model, log, draft.get());
      Path building = null;
      try {
        DurableFiles.createDirectories(layout.events(model));
        building = workspace.open();
        DurableFiles.write(building.resolve(FILE), event.toJson() + "\n");
        DurableFiles.forceDirectory(building);
        if (DurableFiles.publish(building, layout.event(model, event.sequence()))) {
          return Optional.of(event);
        }
      } catch (IOException e) {
        throw new RegistryException(
            "cannot append to the audit log of '%s': %s; check the space and the rights, then repeat"
                .formatted(model, e),
            e);
      } finally {
        if (building != null) {
          workspace.discard(building);
        }
      }
    }
  }

  private AuditEvent next(String model, AuditLog log, Draft draft) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    // A clock that was set back must not make the history ambiguous.
    Instant at = log.last().map(AuditEvent::at).filter(now::isBefore).orElse(now);
    return new AuditEvent(
        log.events().size() + 1L,
        at,
        draft.kind(),
        model,
        draft.version(),
        draft.details(),
        draft.by(),
        draft.because(),
        log.head());
  }
}
