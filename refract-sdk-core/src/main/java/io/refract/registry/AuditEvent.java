package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.JsonObject;
import io.refract.internal.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One change in the registry: who, when, what, from, to and why.
 *
 * @param sequence the place in the log of its model, starting at 1
 * @param at when it happened; never before the event in front
 * @param kind what happened
 * @param model the name of the model
 * @param version the number of the version
 * @param details what else belongs to the kind, see {@link Kind}; in the order of the file
 * @param by who did it
 * @param because why, empty when no reason was given
 * @param previous the SHA-256 of the line in front in the log, or 64 zeros for the first
 */
public record AuditEvent(
    long sequence,
    Instant at,
    Kind kind,
    String model,
    int version,
    Map<String, String> details,
    String by,
    String because,
    String previous) {

  /** What can happen to a version. */
  public enum Kind {
    /** It appeared. Details: {@code manifest} (SHA-256 of its manifest.json), {@code digest}. */
    REGISTERED,
    /**
     * It moved. Details: {@code from}, {@code to}; {@code archived} (the numbers of the versions
     * that had to leave the stage for it, with commas between); {@code approvedBy} (the people
     * whose approvals counted, one per line).
     */
    PROMOTED,
    /** A person approved that it moves to a stage. Details: {@code stage}. */
    APPROVED,
    /** An alias points to it now. Details: {@code alias}. */
    ALIASED
  }

  /** Copies the details, and checks the values. */
  public AuditEvent {
    checkArgument(sequence >= 1, "sequence must be at least 1 but was %s", sequence);
    checkArgument(version >= 1, "version must be at least 1 but was %s", version);
    checkArgument(!by.isBlank(), "by must not be blank");
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /** Returns the stage that the version left, if this is a move. */
  public Optional<LifecycleStage> from() {
    return Optional.ofNullable(details.get("from")).map(LifecycleStage::valueOf);
  }

  /** Returns the stage that the version moved to, if this is a move. */
  public Optional<LifecycleStage> to() {
    return Optional.ofNullable(details.get("to")).map(LifecycleStage::valueOf);
  }

  /** Returns this event as one line of JSON, without a line end. */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("sequence", sequence);
    json.addProperty("at", at.toString());
    json.addProperty("kind", kind.name());
    json.addProperty("model", model);
    json.addProperty("version", version);
    json.add("details", Json.ofStrings(details));
    json.addProperty("by", by);
    json.addProperty("because", because);
    json.addProperty("previous", previous);
    return Json.line(json);
  }

  /**
   * Reads what {@link #toJson()} wrote.
   *
   * @throws IllegalArgumentException if the text is not such JSON
   */
  public static AuditEvent fromJson(String line) {
    JsonObject json = Json.parse(line);
    return new AuditEvent(
        Json.wholeNumber(json, "sequence"),
        Json.instant(json, "at"),
        Kind.valueOf(Json.string(json, "kind")),
        Json.string(json, "model"),
        Math.toIntExact(Json.wholeNumber(json, "version")),
        Json.strings(json, "details"),
        Json.string(json, "by"),
        Json.string(json, "because"),
        Json.string(json, "previous"));
  }
}
