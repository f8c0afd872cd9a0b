package io.refract.train.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks the hub about the files of one model, and opens them. */
final class HubClient {

  private static final int MOST_REDIRECTS = 5;
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  private final HubSettings settings;
  private final Pauses pauses;
  private final String id;
  private final HubFailures failures;

  HubClient(HubSettings settings, Pauses pauses, String id, HubFailures failures) {
    this.settings = settings;
    this.pauses = pauses;
    this.id = id;
    this.failures = failures;
  }

  /** A failure that another attempt may overcome. */
  static final class TransientFailure extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Duration retryAfter;

    TransientFailure(String message, @Nullable Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }
  }

  /** The connection or the server failed, and not the disk of this machine. */
  static final class ConnectionFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final IOException failure;

    ConnectionFailure(IOException failure) {
      super(failure);
      this.failure = failure;
    }

    IOException failure() {
      return failure;
    }
  }

  /**
   * What the hub answers about a file.
   *
   * @param commit the commit of the revision that was asked of
   * @param file the file, or null when the commit has none of that name
   */
  record Answer(String commit, @Nullable RemoteFile file) {}

  /** Asks about a file, a few times if need be. */
  Answer ask(String revision, String name, int attempts) {
    for (int failed = 1; ; failed++) {
      try {
        return ask(revision, name);
      } catch (IOException e) {
        // Without a network at all there is nothing to wait for.
        if (failed >= attempts || e instanceof ConnectException) {
          throw failures.unreachable(name, failed, e);
        }
        pause(name, failed, e);
      }
    }
  }

  /** Waits before another attempt, or gives up when the server wants too long a pause. */
  void pause(String name, int failed, IOException failure) {
    Duration asked = failure instanceof TransientFailure busy ? busy.retryAfter : null;
    boolean tooLong = asked != null && asked.compareTo(Pauses.LONGEST) > 0;
    boolean silent = failure instanceof HttpTimeoutException;
    if (tooLong || (failure instanceof InterruptedIOException && !silent)) {
      throw failures.unreachable(name, failed, failure);
    }
    try {
      pauses.after(failed, asked);
    } catch (InterruptedIOException e) {
      throw failures.unreachable(name, failed, e);
    }
  }

  private Answer ask(String revision, String name) throws IOException {
    URI address = resolve(revision, name);
    HttpHeaders first = HttpHeaders.of(Map.of(), (key, value) -> true);
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpRequest.Builder request = request(address, true).method("HEAD", noBody());
      HttpResponse<Void> response =
          exchange(
              request.timeout(settings.metadataTimeout()).build(),
              HttpResponse.BodyHandlers.discarding(),
              settings.metadataTimeout());
      String target = response.headers().firstValue("Location").orElse("");
      // A renamed model is elsewhere on the hub; any other target is only where the bytes are.
      boolean renamed = isRedirect(response) && target.startsWith("/") && !target.startsWith("//");
      if (!renamed) {
        return answer(name, response, first);
      }
      first = response.headers();
      address = target(name, address, response);
    }
    throw failures.strange(name, "it redirects without end");
  }

  private Answer answer(String name, HttpResponse<?> response, HttpHeaders first)
      throws IOException {
    HttpHeaders last = response.headers();
    String commit = header(last, first, "X-Repo-Commit").orElse("");
    boolean absent = response.statusCode() == 404 && failures.isAbsence(response);
    if (!absent && !isRedirect(response)) {
      checkStatus(name, response, true);
    }
    if (!ModelCache.isCommit(commit)) {
      throw failures.strange(name, "it names no commit");
    }
    if (absent) {
      return new Answer(commit, null);
    }
    String etag =
        header(last, first, "X-Linked-Etag")
            .or(() -> last.firstValue("ETag"))
            .orElse("")
            .replaceFirst("^W/", "")
            .replace("\"", "");
    Optional<String> size = header(last, first, "X-Linked-Size");
    if (size.isEmpty() && !isRedirect(response)) {
      size = last.firstValue("Content-Length");
    }
    if (!RemoteFile.isEtag(etag) || !size.orElse("").matches("[0-9]{1,15}")) {
      throw failures.strange(name, "it names no usable ETag and size");
    }
    return new Answer(commit, new RemoteFile(name, commit, etag, Long.parseLong(size.get())));
  }

  private static Optional<String> header(HttpHeaders last, HttpHeaders first, String name) {
    return last.firstValue(name).or(() -> first.firstValue(name));
  }

  /** Opens a file from a byte on; the status of the response is 200 or 206. */
  HttpResponse<TimedBody> open(RemoteFile file, long from) throws IOException {
    URI address = resolve(file.commit(), file.name());
    URI origin = address;
    boolean trusted = true;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpRequest.Builder request = request(address, trusted).GET();
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      HttpResponse<TimedBody> response =
          exchange(
              request.build(),
              info -> new TimedBody(settings.downloadTimeout()),
              settings.downloadTimeout());
      if (response.statusCode() == 200 || response.statusCode() == 206) {
        return response;
      }
      response.body().close();
      if (response.statusCode() == 416) {
        throw new RangeRefused();
      }
      if (!isRedirect(response)) {
        checkStatus(file.name(), response, trusted);
      }
      URI target = target(file.name(), address, response);
      // Once the request has left the hub, nothing brings the token back.
      trusted = trusted && isSameOrigin(origin, target);
      address = target;
    }
    throw failures.strange(file.name(), "it redirects without end");
  }

  /** The server has no bytes from there on. */
  static final class RangeRefused extends IOException {

    private static final long serialVersionUID = 1L;

    RangeRefused() {
      super("the server has no such range");
    }
  }

  private URI target(String name, URI address, HttpResponse<?> response) {
    try {
      URI target = address.resolve(response.headers().firstValue("Location").orElse(""));
      String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
      boolean weaker = "https".equals(address.getScheme()) && !scheme.equals("https");
      if (target.getHost() != null && !weaker && scheme.startsWith("http")) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      // Reported below, as any other target that cannot be followed.
    }
    throw failures.strange(name, "it redirects to an address that cannot be followed");
  }

  private static boolean isSameOrigin(URI left, URI right) {
    return left.getScheme().equalsIgnoreCase(right.getScheme())
        && left.getHost().equalsIgnoreCase(right.getHost())
        && left.getPort() == right.getPort();
  }

  private void checkStatus(String name, HttpResponse<?> response, boolean fromHub)
      throws IOException {
    int status = response.statusCode();
    // Where large files are kept, a refusal means that a signed address ran out.
    if (status == 429 || status == 408 || status >= 500 || !fromHub) {
      throw new TransientFailure("status " + status, HubFailures.retryAfter(response.headers()));
    }
    if (status != 200) {
      throw failures.refused(name, response);
    }
  }

  private static boolean isRedirect(HttpResponse<?> response) {
    return response.statusCode() >= 300
        && response.statusCode() < 400
        && response.headers().firstValue("Location").isPresent();
  }

  private URI resolve(String revision, String name) {
    return settings.address("/%s/resolve/%s/%s".formatted(id, encode(revision), encode(name)));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(URI address, boolean trusted) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Accept-Encoding", "identity")
            .header("User-Agent", "refract-sdk");
    if (trusted && settings.token() != null) {
      request.header("Authorization", "Bearer " + settings.token());
    }
    return request;
  }

  private static HttpRequest.BodyPublisher noBody() {
    return HttpRequest.BodyPublishers.noBody();
  }

  /** Waits for the head of an answer only, however long its body takes. */
  private static <T> HttpResponse<T> exchange(
      HttpRequest request, HttpResponse.BodyHandler<T> handler, Duration timeout)
      throws IOException {
    CompletableFuture<HttpResponse<T>> answer = HTTP.sendAsync(request, handler);
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException("no answer within " + timeout.toSeconds() + " s");
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    }
  }
}
