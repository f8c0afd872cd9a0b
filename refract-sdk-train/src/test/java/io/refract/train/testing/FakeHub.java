package io.refract.train.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A Hugging Face hub on the loopback, with one model, and with faults on demand.
 *
 * <p>As on the hub, safetensors are kept in large-file storage: another server, to which a GET is
 * redirected, and which must never see a token.
 */
public final class FakeHub implements AutoCloseable {

  public static final String ID = "refract/tiny";

  /** What the model was called before; the hub redirects from there. */
  public static final String OLD_ID = "refract/old";

  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** What goes wrong with one answer. */
  @FunctionalInterface
  public interface Fault {

    /** Answers in place of the hub; returns false to let it answer itself. */
    boolean answer(HttpExchange exchange) throws IOException;
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer hub;
  private final HttpServer storage;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
  private final Map<String, UnaryOperator<String>> etags = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private final List<String> storageTokens = new CopyOnWriteArrayList<>();
  private volatile String commit = COMMIT;

  public FakeHub() throws IOException {
    hub = server();
    storage = server();
    hub.createContext("/", exchange -> handle(exchange, true));
    storage.createContext("/", exchange -> handle(exchange, false));
  }

  private HttpServer server() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    return server;
  }

  /** Adds all files of a directory, but those that only the tests know. */
  public FakeHub files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("expected")) {
          file(name, Files.readAllBytes(file));
        }
      }
    }
    return this;
  }

  public FakeHub file(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  public FakeHub without(String name) {
    files.remove(name);
    return this;
  }

  public byte[] content(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  /** Lists another mark for a file than the right one. */
  public FakeHub etag(String name, String etag) {
    etags.put(name, right -> etag);
    return this;
  }

  public FakeHub commit(String value) {
    commit = value;
    return this;
  }

  /** Lets one answer go wrong, for example to {@code "GET model.safetensors"}. */
  public FakeHub fault(String methodAndName, Fault fault) {
    faults.computeIfAbsent(methodAndName, key -> new ConcurrentLinkedQueue<>()).add(fault);
    return this;
  }

  /** Answers with a status. */
  public static Fault status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
      return true;
    };
  }

  /** Sends the first bytes of a file as if all would come, and cuts the connection. */
  public Fault cutAfter(String name, int bytes) {
    return exchange -> {
      byte[] content = content(name);
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, bytes);
      exchange.getResponseBody().flush();
      return true;
    };
  }

  /** Sends other bytes of the same number. */
  public Fault damaged(String name) {
    return exchange -> {
      byte[] content = content(name).clone();
      content[content.length / 2] ^= 1;
      send(exchange, 200, content, 0);
      return true;
    };
  }

  public String address() {
    return "http://127.0.0.1:" + hub.getAddress().getPort();
  }

  /** Returns all requests, such as {@code "GET model.safetensors bytes=5-"}. */
  public List<String> requests() {
    return requests;
  }

  public List<String> tokens() {
    return tokens;
  }

  public List<String> storageTokens() {
    return storageTokens;
  }

  private void handle(HttpExchange exchange, boolean first) {
    try (exchange) {
      String[] path = exchange.getRequestURI().getRawPath().split("/", -1);
      String name = URLDecoder.decode(path[path.length - 1], StandardCharsets.UTF_8);
      String token = exchange.getRequestHeaders().getFirst("Authorization");
      if (token != null) {
        (first ? tokens : storageTokens).add(token);
      }
      String range = exchange.getRequestHeaders().getFirst("Range");
      String request = exchange.getRequestMethod() + " " + name;
      boolean redirected = first && request.startsWith("GET") && isLarge(name);
      if (!redirected) {
        requests.add(range == null ? request : request + " " + range);
        Queue<Fault> queue = faults.getOrDefault(request, new ConcurrentLinkedQueue<>());
        Fault fault = queue.poll();
        if (fault != null && fault.answer(exchange)) {
          return;
        }
      }
      answer(exchange, first, path, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange, boolean first, String[] path, String name)
      throws IOException {
    String asked = path.length > 4 ? URLDecoder.decode(path[4], StandardCharsets.UTF_8) : "";
    String all = String.join("/", path);
    if (first && all.startsWith("/" + OLD_ID + "/resolve/")) {
      status(307, "Location", all.replace(OLD_ID, ID)).answer(exchange);
    } else if (first && !all.startsWith("/" + ID + "/resolve/")) {
      refuse(exchange, "RepoNotFound");
    } else if (first && !List.of("main", "release/1", commit).contains(asked)) {
      refuse(exchange, "RevisionNotFound");
    } else if (!files.containsKey(name)) {
      exchange.getResponseHeaders().set("X-Repo-Commit", commit);
      refuse(exchange, "EntryNotFound");
    } else {
      serve(exchange, first, name, files.get(name));
    }
  }

  private static void refuse(HttpExchange exchange, String code) throws IOException {
    status(404, "X-Error-Code", code).answer(exchange);
  }

  private void serve(HttpExchange exchange, boolean first, String name, byte[] content)
      throws IOException {
    String etag = etags.getOrDefault(name, right -> right).apply(etag(name, content));
    if (first) {
      exchange.getResponseHeaders().set("X-Repo-Commit", commit);
    }
    if (first && isLarge(name)) {
      exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + etag + "\"");
      exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(content.length));
      exchange.getResponseHeaders().set("ETag", "\"of the redirect\"");
      String target = "http://localhost:" + storage.getAddress().getPort() + "/" + name;
      status(302, "Location", target).answer(exchange);
      return;
    }
    exchange.getResponseHeaders().set("ETag", "\"" + etag + "\"");
    if (exchange.getRequestMethod().equals("HEAD")) {
      status(200, "Content-Length", Integer.toString(content.length)).answer(exchange);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range",
              "bytes %s-%s/%s".formatted(from, content.length - 1, content.length));
    }
    send(exchange, range == null ? 200 : 206, content, from);
  }

  private static void send(HttpExchange exchange, int status, byte[] content, int from)
      throws IOException {
    byte[] rest = Arrays.copyOfRange(content, from, content.length);
    exchange.sendResponseHeaders(status, rest.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(rest);
    }
  }

  private static boolean isLarge(String name) {
    return name.endsWith(".safetensors");
  }

  /** Returns the mark of a file: SHA-256 when it is large, else the SHA-1 that git gives it. */
  public static String etag(String name, byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance(isLarge(name) ? "SHA-256" : "SHA-1");
      if (!isLarge(name)) {
        digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
    threads.shutdownNow();
  }
}
