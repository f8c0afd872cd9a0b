package io.refract.registry;

import com.google.common.base.Splitter;
import io.refract.provenance.ApprovalRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What follows from an audit log: stages, approvals and aliases at one point in time. */
final class ModelState {

  /** The version that entered its stage last comes last. */
  private final Map<Integer, LifecycleStage> stages = new LinkedHashMap<>();

  private final Map<Integer, AuditEvent> registrations = new LinkedHashMap<>();
  private final Map<Integer, AuditEvent> entries = new LinkedHashMap<>();
  private final Map<Integer, List<ApprovalRecord>> approvals = new LinkedHashMap<>();
  private final Map<String, Integer> aliases = new TreeMap<>();

  private ModelState() {}

  static ModelState of(AuditLog log) {
    return at(log, Instant.MAX);
  }

  static ModelState at(AuditLog log, Instant time) {
    ModelState state = new ModelState();
    log.events().stream().filter(event -> !event.at().isAfter(time)).forEach(state::apply);
    return state;
  }

  /** A version whose writer died before it could log it counts all the same, as the newest. */
  static ModelState of(AuditLog log, List<Integer> existing) {
    ModelState state = of(log);
    for (int version : existing) {
      state.stages.putIfAbsent(version, LifecycleStage.DEVELOPMENT);
    }
    return state;
  }

  private void apply(AuditEvent event) {
    switch (event.kind()) {
      case REGISTERED -> {
        registrations.put(event.version(), event);
        enter(event.version(), LifecycleStage.DEVELOPMENT, event);
      }
      case PROMOTED -> {
        for (String number :
            Splitter.on(',')
                .omitEmptyStrings()
                .split(event.details().getOrDefault("archived", ""))) {
          enter(Integer.parseInt(number), LifecycleStage.ARCHIVED, event);
        }
        enter(event.version(), event.to().orElseThrow(), event);
      }
      case APPROVED ->
          approvals
              .computeIfAbsent(event.version(), version -> new ArrayList<>())
              .add(
                  new ApprovalRecord(
                      event.details().getOrDefault("stage", "?"),
                      event.by(),
                      event.because(),
                      event.at()));
      case ALIASED -> aliases.put(event.details().getOrDefault("alias", "?"), event.version());
    }
  }

  private void enter(int version, LifecycleStage stage, AuditEvent event) {
    stages.remove(version);
    stages.put(version, stage);
    entries.put(version, event);
  }

  /** A version whose registration is not in the log yet is as new as can be. */
  LifecycleStage stage(int version) {
    return stages.getOrDefault(version, LifecycleStage.DEVELOPMENT);
  }

  /** Returns the versions in a stage, the one that entered it last at the end. */
  List<Integer> versionsIn(LifecycleStage stage) {
    return stages.keySet().stream().filter(version -> stage(version) == stage).toList();
  }

  Optional<AuditEvent> registration(int version) {
    return Optional.ofNullable(registrations.get(version));
  }

  /** Returns the event that brought a version to where it is. */
  Optional<AuditEvent> entry(int version) {
    return Optional.ofNullable(entries.get(version));
  }

  int highestVersion() {
    return registrations.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  List<ApprovalRecord> approvals(int version) {
    return List.copyOf(approvals.getOrDefault(version, List.of()));
  }

  Map<String, Integer> aliases() {
    return aliases;
  }
}
