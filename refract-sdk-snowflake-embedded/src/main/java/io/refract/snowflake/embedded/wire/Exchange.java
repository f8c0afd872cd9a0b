package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One HTTP request and its answer. */
final class Exchange {

  private static final String TOKEN_PREFIX = "Snowflake Token=\"";
  private static final int OK = 200;

  private final HttpExchange http;
  private boolean bodyRead;

  Exchange(HttpExchange http) {
    this.http = http;
  }

  String method() {
    return http.getRequestMethod();
  }

  String path() {
    return http.getRequestURI().getPath();
  }

  /** Returns one parameter of the address, or null. */
  @Nullable String parameter(String name) {
    String query = http.getRequestURI().getRawQuery();
    if (query == null) {
      return null;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).equals(name)) {
        String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
        return value.isEmpty() ? null : value;
      }
    }
    return null;
  }

  /** Returns the token of the request, or null. */
  @Nullable String token() {
    String header = http.getRequestHeaders().getFirst("Authorization");
    if (header == null || !header.startsWith(TOKEN_PREFIX) || !header.endsWith("\"")) {
      return null;
    }
    return header.substring(TOKEN_PREFIX.length(), header.length() - 1);
  }

  /** Reads the body as a JSON object; an empty body gives an empty object. */
  JsonObject body() throws IOException, Failure {
    bodyRead = true;
    InputStream raw = http.getRequestBody();
    boolean zipped = "gzip".equals(http.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream in = zipped ? new GZIPInputStream(raw) : raw;
        Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      if (JsonParser.parseReader(reader) instanceof JsonObject object) {
        return object;
      }
      return new JsonObject();
    } catch (JsonParseException e) {
      throw new Failure("390101", "08001", "The body of the request is no JSON: " + e.getMessage());
    }
  }

  /** Answers with a small JSON body. */
  void answer(JsonObject body) throws IOException {
    byte[] bytes = AnswerWriter.bytes(body);
    drain();
    http.getResponseHeaders().set("Content-Type", "application/json");
    http.sendResponseHeaders(OK, bytes.length);
    try (OutputStream out = http.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Opens the body of an answer of unknown length. */
  OutputStream open(String contentType) throws IOException {
    drain();
    http.getResponseHeaders().set("Content-Type", contentType);
    http.sendResponseHeaders(OK, 0);
    return http.getResponseBody();
  }

  /** Answers that nothing is there. */
  void notFound() throws IOException {
    drain();
    http.sendResponseHeaders(404, -1);
  }

  /** Reads what the client sends to its end; else the connection cannot be used again. */
  private void drain() throws IOException {
    if (!bodyRead) {
      bodyRead = true;
      http.getRequestBody().readAllBytes();
    }
  }

  /** Returns an answer that carries data. */
  static JsonObject success(@Nullable JsonObject data) {
    JsonObject body = new JsonObject();
    body.add("data", data);
    body.add("code", null);
    body.add("message", null);
    body.addProperty("success", true);
    return body;
  }
}
