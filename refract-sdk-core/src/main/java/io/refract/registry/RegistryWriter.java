package io.refract.registry;

import io.refract.progress.ProgressListener;
import io.refract.provenance.ApprovalRecord;
import io.refract.registry.AuditEvent.Kind;
import io.refract.registry.EventStore.Draft;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every change to a registry: what is checked first, what is written, and what is logged. */
final class RegistryWriter {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryWriter.class);

  private final RegistryLayout layout;
  private final Workspace workspace;
  private final EventStore events;
  private final VersionStore versions;
  private final PromotionPolicy policy;
  private final ProgressListener progress;

  RegistryWriter(
      RegistryLayout layout,
      Workspace workspace,
      EventStore events,
      VersionStore versions,
      PromotionPolicy policy,
      ProgressListener progress) {
    this.layout = layout;
    this.workspace = workspace;
    this.events = events;
    this.versions = versions;
    this.policy = policy;
    this.progress = progress;
  }

  static String currentUser() {
    String user = System.getProperty("user.name", "");
    return user.isBlank() ? "unknown" : user;
  }

  ModelVersion register(VersionContent content) {
    String name = content.name();
    for (String other : versions.models()) {
      if (other.equalsIgnoreCase(name) && !other.equals(name)) {
        throw new RegistryException(
            "cannot register '%s': there is a model '%s', and some file systems take both names for"
                    .formatted(name, other)
                + " the same; use that name or another",
            null);
      }
    }
    prepare();
    ModelVersion version = versions.write(content, ModelState.of(events.read(name)));
    logNewVersions(name);
    return version;
  }

  AuditEvent append(
      ModelVersion version, Kind kind, Map<String, String> details, String by, String because) {
    String name = layout.own(version).name();
    prepare();
    logNewVersions(name);
    return events
        .append(name, log -> Optional.of(new Draft(kind, version.number(), details, by, because)))
        .orElseThrow();
  }

  AuditEvent promote(ModelVersion version, LifecycleStage to, String by, String because) {
    String name = version.name();
    version.verify(progress);
    prepare();
    logNewVersions(name);
    return events
        .append(name, log -> decide(version, ModelState.of(log), to, by, because))
        .orElseGet(() -> ModelState.of(events.read(name)).entry(version.number()).orElseThrow());
  }

  private Optional<Draft> decide(
      ModelVersion version, ModelState state, LifecycleStage to, String by, String because) {
    version.verifyAgainst(state);
    int number = version.number();
    LifecycleStage from = state.stage(number);
    if (from == to) {
      return Optional.empty();
    }
    if (!policy.allows(from, to)) {
      throw new RegistryException(
          "cannot promote %s to %s: it is in %s, and from there the policy allows only %s"
              .formatted(version, to, from, policy.targets(from)),
          null);
    }
    Map<String, String> details = new LinkedHashMap<>();
    details.put("from", from.name());
    details.put("to", to.name());
    List<String> approvers = approvers(number, state, to, by);
    if (approvers.size() < policy.requiredApprovals(to)) {
      throw new RegistryException(
          "cannot promote %s to %s: the policy demands approvals by %d people other than who"
                  .formatted(version, to, policy.requiredApprovals(to))
              + " registered it and who promotes it, and there are %d %s; see approve(version)"
                  .formatted(approvers.size(), approvers),
          null);
    }
    if (!approvers.isEmpty()) {
      details.put("approvedBy", String.join("\n", approvers));
    }
    if (policy.isExclusive(to) && !state.versionsIn(to).isEmpty()) {
      details.put(
          "archived",
          state.versionsIn(to).stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    return Optional.of(new Draft(Kind.PROMOTED, number, details, by, because));
  }

  private static List<String> approvers(
      int number, ModelState state, LifecycleStage to, String promoter) {
    String author = state.registration(number).map(AuditEvent::by).orElse("");
    return state.approvals(number).stream()
        .filter(approval -> approval.stage().equals(to.name()))
        .map(ApprovalRecord::by)
        .filter(person -> !person.equals(author) && !person.equals(promoter))
        .distinct()
        .toList();
  }

  private void prepare() {
    try {
      layout.initialise();
      workspace.clean();
    } catch (IOException e) {
      throw new RegistryException(
          "cannot write to the registry at %s: %s; check the space and the rights there"
              .formatted(layout.root(), e),
          e);
    }
  }

  /** Logs every version that is not in the log yet, also those whose writers died before that. */
  private void logNewVersions(String name) {
    ModelState logged = ModelState.of(events.read(name));
    for (int number : versions.numbers(name)) {
      if (logged.registration(number).isEmpty()) {
        events.append(name, log -> registration(name, number, ModelState.of(log)));
      }
    }
  }

  private Optional<Draft> registration(String name, int number, ModelState state) {
    if (state.registration(number).isPresent()) {
      return Optional.empty();
    }
    try {
      ModelVersion version = versions.read(name, number);
      Map<String, String> details = new TreeMap<>();
      details.put("manifest", version.manifestSha256());
      details.put("digest", version.digest());
      return Optional.of(new Draft(Kind.REGISTERED, number, details, version.registeredBy(), ""));
    } catch (RegistryException e) {
      // It must not keep the sound versions from being used; opening it says what is wrong.
      LOG.warn("cannot log a version: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
