package io.refract.train.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says why a model could not be had, and what to do; never with the token. */
final class HubFailures {

  private static final Pattern SECONDS = Pattern.compile("\\s*([0-9]{1,6})\\s*");
  private static final Pattern WINDOW = Pattern.compile(".*;\\s*r=0\\s*;\\s*t=([0-9]{1,6}).*");
  private static final Set<String> NOT_ABSENT =
      Set.of("RepoNotFound", "RevisionNotFound", "GatedRepo");
  private static final int LONGEST_REMARK = 200;

  private final HubSettings settings;
  private final String id;
  private final String revision;

  HubFailures(HubSettings settings, String id, String revision) {
    this.settings = settings;
    this.id = id;
    this.revision = revision;
  }

  /** Returns whether an answer of status 404 speaks of the file, not of the model or revision. */
  boolean isAbsence(HttpResponse<?> response) {
    String code = code(response);
    return !NOT_ABSENT.contains(code)
        && (code.equals("EntryNotFound")
            || response.headers().firstValue("X-Repo-Commit").isPresent());
  }

  HubException refused(String name, HttpResponse<?> response) {
    return switch (code(response)) {
      case "GatedRepo" ->
          new HubException(
              "%s: its authors ask for consent. Accept their terms at %s/%s, then set HF_TOKEN to a token of that account (%s/settings/tokens)."
                  .formatted(attempt(), settings.endpoint(), id, settings.endpoint()));
      case "RevisionNotFound" ->
          HubException.definite(
              "%s: it has no such branch, tag or commit. See %s/%s/commits/main."
                  .formatted(attempt(), settings.endpoint(), id));
      case "RepoNotFound" -> notFound();
      default -> refused(name, response.statusCode(), remark(response));
    };
  }

  private HubException refused(String name, int status, String remark) {
    if (status == 401 && remark.startsWith("Invalid credentials in Authorization header")) {
      return new HubException(
          "%s: %s does not accept the access token. Make a new one at %s/settings/tokens and set HF_TOKEN to it, or unset it for public models."
              .formatted(attempt(), settings.endpoint(), settings.endpoint()));
    }
    if (status == 401 || status == 404) {
      return notFound();
    }
    return new HubException(
        "%s: %s answered status %s to the request for %s%s. Check that HF_TOKEN may read the model, and HF_ENDPOINT."
            .formatted(
                attempt(),
                settings.endpoint(),
                status,
                name,
                remark.isEmpty() ? "" : " (" + remark + ")"));
  }

  private HubException notFound() {
    return new HubException(
        "%s: %s has no public model of that name. Check the name%s; if a directory was meant, there is none of that name."
            .formatted(
                attempt(),
                settings.endpoint(),
                settings.token() == null
                    ? ", or set HF_TOKEN if the model is private"
                    : ", and that HF_TOKEN may read it if the model is private"));
  }

  HubException unreachable(String name, int attempts, IOException failure) {
    String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    String what =
        failure instanceof ConnectException
            ? "there is no connection to " + settings.endpoint()
            : "%s failed %s time(s), at last with: %s".formatted(name, attempts, clean(reason));
    return new HubException(
        "%s: %s. Check the network, the proxy of the JVM (https.proxyHost) and HF_ENDPOINT, and try again: what has arrived is kept."
            .formatted(attempt(), what),
        failure);
  }

  HubException strange(String name, String what) {
    return new HubException(
        "%s: the answer of %s about %s is not that of a Hugging Face hub: %s. Check HF_ENDPOINT and any proxy in between."
            .formatted(attempt(), settings.endpoint(), name, what));
  }

  HubException offline() {
    return new HubException(
        "%s: it is not complete in the cache %s, and HF_HUB_OFFLINE forbids to download it. Unset that, or download it once with: hf download %s"
            .formatted(attempt(), settings.cache(), id));
  }

  HubException missing(String name) {
    return new HubException(
        "%s: it has no %s, which is needed. Choose a model that was saved by transformers, with safetensors weights and a fast tokenizer; or convert it once with Python (save_pretrained of the model and of AutoTokenizer) and load that directory."
            .formatted(attempt(), name));
  }

  HubException pickled(String pickle) {
    return new HubException(
        "%s: its weights are stored as %s only, a pickle, which could run any code and is never fetched. Convert it once, where you trust the file, with Python: T5ForConditionalGeneration.from_pretrained('%s').save_pretrained(NEW_DIR, safe_serialization=True), and the same for AutoTokenizer; then load NEW_DIR."
            .formatted(attempt(), pickle, id));
  }

  HubException damaged(RemoteFile file, String mismatch) {
    return new HubException(
        "%s: %s arrived twice with %s. Nothing of it was kept. Try again; a proxy in between may change files."
            .formatted(attempt(), file.name(), mismatch));
  }

  HubException hostile(String what, String name) {
    return new HubException(
        "%s: %s '%s' is not a plain name of a safetensors file. Do not use this model."
            .formatted(attempt(), what, clean(name)));
  }

  HubException disk(String what, IOException failure) {
    return new HubException(
        "%s: %s cannot be written (%s). Check that the disk has room and the cache %s may be written, or set HF_HUB_CACHE."
            .formatted(attempt(), what, failure, settings.cache()),
        failure);
  }

  HubException full(RemoteFile file, long needed, long usable) {
    return new HubException(
        "%s: %s needs another %s bytes, but the disk of the cache %s has only %s. Make room, or set HF_HUB_CACHE to another disk."
            .formatted(attempt(), file.name(), needed, settings.cache(), usable));
  }

  private String attempt() {
    return "Cannot download '%s' at revision '%s'".formatted(id, revision);
  }

  private static String code(HttpResponse<?> response) {
    return response.headers().firstValue("X-Error-Code").orElse("");
  }

  private String remark(HttpResponse<?> response) {
    return clean(response.headers().firstValue("X-Error-Message").orElse(""));
  }

  /** The text of a server may be anything, and may repeat what was sent to it. */
  private String clean(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", " ");
    String token = settings.token();
    String safe = token == null ? printable : printable.replace(token, "***");
    return safe.length() > LONGEST_REMARK ? safe.substring(0, LONGEST_REMARK) + "..." : safe;
  }

  /** Returns how long the server asks to wait, or null when it does not say. */
  static @Nullable Duration retryAfter(HttpHeaders headers) {
    Matcher seconds = SECONDS.matcher(headers.firstValue("Retry-After").orElse(""));
    Matcher window = WINDOW.matcher(headers.firstValue("RateLimit").orElse(""));
    if (seconds.matches()) {
      return Duration.ofSeconds(Long.parseLong(seconds.group(1)));
    }
    return window.matches() ? Duration.ofSeconds(Long.parseLong(window.group(1))) : null;
  }
}
