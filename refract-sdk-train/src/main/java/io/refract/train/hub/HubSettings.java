package io.refract.train.hub;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub and its cache are, and how to talk to it.
 *
 * @param endpoint the address of the hub, without a slash at the end
 * @param cache the directory that holds a directory for each model
 * @param token the access token, or null to ask as nobody
 * @param offline whether only the cache may be used
 * @param links whether snapshots may be made of symbolic links
 * @param metadataTimeout how long an answer about a file may take
 * @param downloadTimeout how long the server may send nothing during a download
 */
record HubSettings(
    String endpoint,
    Path cache,
    @Nullable String token,
    boolean offline,
    boolean links,
    Duration metadataTimeout,
    Duration downloadTimeout) {

  private static final String ENDPOINT = "https://huggingface.co";
  private static final String TIMEOUT_SECONDS = "10";
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern HEADER_TEXT = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern ADDRESS = Pattern.compile("https?://[^/?#@\\s]+(/[^?#\\s]*)?");

  HubSettings {
    endpoint = endpoint.replaceAll("/+$", "");
    checkArgument(
        ADDRESS.matcher(endpoint).matches(),
        "address of the hub must be an http or https address without user and query");
    checkArgument(
        hasHost(endpoint),
        "address of the hub must name a host of letters, digits, hyphens and full stops, and percent-encode other characters of its path");
    // The value is never shown: it may be a secret with a line break that was pasted along.
    checkArgument(
        token == null || HEADER_TEXT.matcher(token).matches(),
        "access token of the hub must not be empty nor hold spaces or control characters");
  }

  /** Reads the variables that huggingface_hub reads; {@code home} is the home of the user. */
  static HubSettings of(Map<String, String> environment, Path home) {
    return new Reader(environment, home).read();
  }

  HubSettings withEndpoint(String value) {
    return new HubSettings(value, cache, token, offline, links, metadataTimeout, downloadTimeout);
  }

  HubSettings withCache(Path value) {
    return new HubSettings(
        endpoint, value, token, offline, links, metadataTimeout, downloadTimeout);
  }

  HubSettings withToken(String value) {
    return new HubSettings(
        endpoint, cache, value, offline, links, metadataTimeout, downloadTimeout);
  }

  HubSettings withOffline(boolean value) {
    return new HubSettings(endpoint, cache, token, value, links, metadataTimeout, downloadTimeout);
  }

  /**
   * What looks like an address may still not be one, for example with an underscore in its host.
   */
  private static boolean hasHost(String address) {
    try {
      return new URI(address).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  URI address(String path) {
    return URI.create(endpoint + path);
  }

  /** Leaves out the token. */
  @Override
  public String toString() {
    return "%s, cache %s%s%s"
        .formatted(
            endpoint,
            cache,
            token == null ? ", no token" : ", with a token",
            offline ? ", offline" : "");
  }

  /** The variables of a process. */
  private record Reader(Map<String, String> environment, Path home) {

    HubSettings read() {
      return new HubSettings(
          text("HF_ENDPOINT", ENDPOINT),
          path("HF_HUB_CACHE", path("HUGGINGFACE_HUB_CACHE", hubHome().resolve("hub"))),
          isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : token(),
          isTrue(text("HF_HUB_OFFLINE", "").isEmpty() ? "TRANSFORMERS_OFFLINE" : "HF_HUB_OFFLINE"),
          !isTrue("HF_HUB_DISABLE_SYMLINKS"),
          seconds("HF_HUB_ETAG_TIMEOUT"),
          seconds("HF_HUB_DOWNLOAD_TIMEOUT"));
    }

    private Path hubHome() {
      return path("HF_HOME", path("XDG_CACHE_HOME", home.resolve(".cache")).resolve("huggingface"));
    }

    private @Nullable String token() {
      String value = text("HF_TOKEN", text("HUGGING_FACE_HUB_TOKEN", "")).strip();
      Path file = path("HF_TOKEN_PATH", hubHome().resolve("token"));
      if (value.isEmpty() && Files.isRegularFile(file)) {
        try {
          value = Files.readString(file).strip();
        } catch (IOException e) {
          throw new HubException(
              "Cannot read the access token of the hub from %s: %s. Make it a readable text file, or set HF_HUB_DISABLE_IMPLICIT_TOKEN=1."
                  .formatted(file, e.getClass().getSimpleName()),
              e);
        }
      }
      return value.isEmpty() ? null : value;
    }

    private Duration seconds(String variable) {
      String value = text(variable, TIMEOUT_SECONDS);
      checkArgument(
          value.matches("[1-9][0-9]{0,5}"),
          "%s must be a whole number of seconds but was '%s'",
          variable,
          value);
      return Duration.ofSeconds(Long.parseLong(value));
    }

    private boolean isTrue(String variable) {
      return TRUE.contains(text(variable, "").toUpperCase(Locale.ROOT));
    }

    private Path path(String variable, Path fallback) {
      String value = text(variable, "");
      if (value.isEmpty()) {
        return fallback;
      }
      return value.startsWith("~/") ? home.resolve(value.substring(2)) : Path.of(value);
    }

    private String text(String variable, String fallback) {
      String value = environment.getOrDefault(variable, "");
      return value.isEmpty() ? fallback : value;
    }
  }
}
