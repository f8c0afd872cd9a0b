package io.refract.snowflake.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Talks to the server without the driver, to hold the shapes that the driver relies on. */
class WireShapeTest extends ServerTest {

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param body the text
   */
  private record Answer(int status, String body) {}

  private Answer post(String path, String body, String token, boolean zipped) throws IOException {
    HttpURLConnection http =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + snowflake.port() + path).toURL().openConnection();
    http.setRequestMethod("POST");
    http.setDoOutput(true);
    if (zipped) {
      http.setRequestProperty("Content-Encoding", "gzip");
    }
    if (!token.isEmpty()) {
      http.setRequestProperty("Authorization", "Snowflake Token=\"" + token + "\"");
    }
    try (OutputStream raw = http.getOutputStream();
        OutputStream out = zipped ? new GZIPOutputStream(raw) : raw) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
    int status = http.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      return new Answer(status, "");
    }
    try (InputStream in = http.getInputStream()) {
      return new Answer(status, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private JsonObject json(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  private JsonObject login() throws IOException {
    String password = snowflake.connectionProperties().getProperty("password");
    return json(post(
            "/session/v1/login-request?databaseName=DEMO&schemaName=PUBLIC",
            "{\"data\":{\"LOGIN_NAME\":\"u\",\"PASSWORD\":\"" + password + "\"}}",
            "",
            false))
        .getAsJsonObject("data");
  }

  private JsonObject query(String token, String requestId, String text) throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("sqlText", text);
    return json(
        post("/queries/v1/query-request?requestId=" + requestId, body.toString(), token, true));
  }

  @Test
  void bad_logins_of_every_shape_are_answered_with_a_code() throws Exception {
    for (String body :
        new String[] {
          "",
          "{}",
          "[]",
          "{\"data\":null}",
          "{\"data\":{}}",
          "{\"data\":{\"LOGIN_NAME\":\"u\"}}",
          "{\"data\":{\"LOGIN_NAME\":\"\",\"PASSWORD\":\"\"}}",
          "{\"data\":{\"LOGIN_NAME\":[1],\"PASSWORD\":{}}}"
        }) {
      JsonObject answer = json(post("/session/v1/login-request", body, "", false));
      assertThat(answer.get("success").getAsBoolean()).as(body).isFalse();
      assertThat(answer.get("code").getAsString()).as(body).isEqualTo("390100");
    }
    JsonObject garbage = json(post("/session/v1/login-request", "{{{", "", false));
    assertThat(garbage.get("success").getAsBoolean()).isFalse();
    assertThat(garbage.get("code").getAsString()).isNotEmpty();
  }

  @Test
  void every_request_needs_the_token_of_a_session() throws Exception {
    for (String path :
        new String[] {
          "/queries/v1/query-request?requestId=1",
          "/queries/v1/abort-request",
          "/session/heartbeat",
          "/session/token-request",
          "/session?delete=true",
          "/monitoring/queries/1",
          "/queries/1/result"
        }) {
      JsonObject answer = json(post(path, "{\"sqlText\":\"SELECT 1\"}", "forged", false));
      assertThat(answer.get("success").getAsBoolean()).as(path).isFalse();
      assertThat(answer.get("code").getAsString()).as(path).isEqualTo("390111");
    }
  }

  @Test
  void an_answer_has_the_members_that_the_driver_reads() throws Exception {
    String token = login().get("token").getAsString();
    JsonObject answer = query(token, "shape", "SELECT 1.50 AS A, NULL::VARCHAR AS B");
    assertThat(answer.get("success").getAsBoolean()).isTrue();
    JsonObject data = answer.getAsJsonObject("data");
    JsonObject type = data.getAsJsonArray("rowtype").get(0).getAsJsonObject();
    assertThat(type.get("type").getAsString()).isEqualTo("fixed");
    assertThat(type.get("scale").getAsInt()).isPositive();
    JsonArray row = data.getAsJsonArray("rowset").get(0).getAsJsonArray();
    assertThat(row.get(0).getAsString()).startsWith("1.5");
    assertThat(row.get(1).isJsonNull()).isTrue();
    assertThat(data.get("total").getAsLong()).isEqualTo(1);
    assertThat(data.get("queryResultFormat").getAsString()).isEqualTo("json");
    assertThat(data.get("version").getAsInt()).isEqualTo(1);
    assertThat(data.get("statementTypeId").getAsInt()).isEqualTo(0x1000);
    assertThat(data.get("finalDatabaseName").getAsString()).isEqualTo("DEMO");
    assertThat(data.get("queryId").getAsString()).isNotEmpty();
  }

  @Test
  void a_repeated_request_runs_once() throws Exception {
    String token = login().get("token").getAsString();
    query(token, "make", "CREATE OR REPLACE TABLE ONCE_ONLY (A INT)");
    String requestId = UUID.randomUUID().toString();
    JsonObject first = query(token, requestId, "INSERT INTO ONCE_ONLY VALUES (1)");
    JsonObject second = query(token, requestId, "INSERT INTO ONCE_ONLY VALUES (1)");
    assertThat(second.getAsJsonObject("data").get("queryId"))
        .isEqualTo(first.getAsJsonObject("data").get("queryId"));
    assertThat(second.getAsJsonObject("data").get("rowset"))
        .isEqualTo(first.getAsJsonObject("data").get("rowset"));
    assertThat(sql.rows("SELECT COUNT(*) FROM ONCE_ONLY")).containsExactly("1");
  }

  @Test
  void a_renewed_session_goes_on_and_its_old_token_ends() throws Exception {
    JsonObject login = login();
    String old = login.get("token").getAsString();
    JsonObject renewed =
        json(post(
                "/session/token-request",
                "{\"requestType\":\"RENEW\"}",
                login.get("masterToken").getAsString(),
                false))
            .getAsJsonObject("data");
    String token = renewed.get("sessionToken").getAsString();
    assertThat(query(token, "renewed", "SELECT 1").get("success").getAsBoolean()).isTrue();
    assertThat(query(old, "old", "SELECT 1").get("code").getAsString()).isEqualTo("390111");
  }

  @Test
  void an_error_has_code_sqlstate_and_query_id() throws Exception {
    JsonObject answer = query(login().get("token").getAsString(), "error", "SELECT * FROM NOPE");
    assertThat(answer.get("success").getAsBoolean()).isFalse();
    assertThat(answer.get("code").getAsString()).isEqualTo("002003");
    JsonObject data = answer.getAsJsonObject("data");
    assertThat(data.get("sqlState").getAsString()).isEqualTo("42S02");
    assertThat(data.get("queryId").getAsString()).isNotEmpty();
  }

  @Test
  void unknown_paths_and_files_are_not_found() throws Exception {
    assertThat(post("/etc/passwd", "", "", false).status()).isEqualTo(404);
    assertThat(post("/blob/../../etc/passwd", "", "", false).status()).isEqualTo(404);
  }
}
