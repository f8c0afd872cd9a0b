package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.refract.snowflake.embedded.engine.Downloads;
import io.refract.snowflake.embedded.engine.Engine;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server that the Snowflake driver talks to, on the loopback interface only.
 *
 * <p>Every failure is answered with status 200 and {@code success: false}: the driver repeats
 * requests whose status is 500 or more for minutes.
 */
public final class WireServer implements AutoCloseable {

  static {
    // Else JDK 17 sends headers and body in two packets, and each answer takes 40 ms.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(WireServer.class);
  private static final int STOP_SECONDS = 0;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Engine engine;
  private final HttpServer http;
  private final ExecutorService executor;
  private final WireSessions sessions = new WireSessions();
  private final LoginEndpoint login;
  private final QueryEndpoint queries;

  private WireServer(Engine engine, HttpServer http, @Nullable String password) {
    this.engine = engine;
    this.http = http;
    this.executor = Executors.newCachedThreadPool(new Threads());
    this.login = new LoginEndpoint(engine, sessions, password);
    this.queries = new QueryEndpoint(engine, executor);
  }

  /**
   * Starts a server.
   *
   * @param engine answers the statements
   * @param port the TCP port, or 0 for a free one
   * @param password what every user has to give, or null when any login is accepted
   * @throws IOException when the port is taken
   */
  public static WireServer start(Engine engine, int port, @Nullable String password)
      throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    WireServer server = new WireServer(engine, http, password);
    http.createContext("/", server::handle);
    http.setExecutor(server.executor);
    http.start();
    engine.downloads().servedBy(URI.create("http://127.0.0.1:" + server.port() + "/"));
    return server;
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(STOP_SECONDS);
    queries.close();
    executor.shutdownNow();
  }

  private void handle(HttpExchange raw) {
    Exchange exchange = new Exchange(raw);
    try {
      try {
        route(exchange);
      } catch (Failure e) {
        exchange.answer(e.body(UUID.randomUUID().toString()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } catch (Throwable e) {
      // Also an Error: an exchange that stays open blocks the driver for minutes.
      LOG.debug("Request {} failed", exchange.path(), e);
      failed(exchange, e);
    } finally {
      raw.close();
    }
  }

  private static void failed(Exchange exchange, Throwable error) {
    try {
      exchange.answer(
          new Failure("000603", "XX000", "The embedded Snowflake failed: " + error)
              .body(UUID.randomUUID().toString()));
    } catch (IOException e) {
      LOG.debug("Nobody reads the answer to {}", exchange.path(), e);
    }
  }

  private void route(Exchange exchange)
      throws IOException, SQLException, Failure, InterruptedException {
    String path = exchange.path();
    switch (path) {
      case "/session/v1/login-request" -> exchange.answer(login.answer(exchange));
      case "/queries/v1/query-request" -> queries.query(exchange, sessions.of(exchange));
      case "/queries/v1/abort-request" ->
          exchange.answer(queries.abort(exchange.body(), sessions.of(exchange)));
      case "/session/token-request" -> exchange.answer(renew(exchange));
      case "/session/heartbeat" -> {
        sessions.of(exchange);
        exchange.answer(Exchange.success(null));
      }
      case "/session" -> {
        if ("true".equals(exchange.parameter("delete"))) {
          WireSession session = sessions.of(exchange);
          queries.endSession(session);
          sessions.close(session);
        }
        exchange.answer(Exchange.success(null));
      }
      case "/telemetry/send", "/telemetry/send/sessionless" ->
          exchange.answer(Exchange.success(null));
      default -> routeByPrefix(exchange, path);
    }
  }

  private void routeByPrefix(Exchange exchange, String path)
      throws IOException, SQLException, Failure, InterruptedException {
    if (path.startsWith("/monitoring/queries/")) {
      sessions.of(exchange);
      exchange.answer(queries.monitor(path.substring("/monitoring/queries/".length())));
    } else if (path.startsWith("/queries/") && path.endsWith("/result")) {
      sessions.of(exchange);
      queries.result(
          exchange, path.substring("/queries/".length(), path.length() - "/result".length()));
    } else if (path.startsWith(Downloads.PATH)) {
      download(exchange, path.substring(Downloads.PATH.length()));
    } else {
      exchange.notFound();
    }
  }

  private JsonObject renew(Exchange exchange) throws Failure {
    WireSession session = sessions.renew(exchange.token());
    JsonObject data = new JsonObject();
    data.addProperty("sessionToken", session.token());
    data.addProperty("masterToken", session.masterToken());
    data.addProperty("validityInSecondsST", 3_600);
    data.addProperty("validityInSecondsMT", 14_400);
    data.addProperty("sessionId", session.session().id());
    return Exchange.success(data);
  }

  private void download(Exchange exchange, String key) throws IOException {
    Path file = engine.downloads().find(key);
    if (file == null || !Files.isRegularFile(file)) {
      exchange.notFound();
      return;
    }
    try (OutputStream out = exchange.open("application/octet-stream")) {
      Files.copy(file, out);
    }
  }

  /** Daemon threads with a name that says whose they are. */
  private static final class Threads implements ThreadFactory {

    private final AtomicInteger count = new AtomicInteger();

    @Override
    public Thread newThread(Runnable work) {
      Thread thread = new Thread(work, "embedded-snowflake-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    }
  }
}
