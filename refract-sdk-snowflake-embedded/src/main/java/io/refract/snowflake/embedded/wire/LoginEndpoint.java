package io.refract.snowflake.embedded.wire;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.SessionParameters;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers logins: checks the password and opens a session. */
final class LoginEndpoint {

  private static final long VALIDITY_SECONDS = 3_600;
  private static final long MASTER_VALIDITY_SECONDS = 14_400;

  // Another value than 45 changes a timeout of the driver's whole JVM.
  private static final long HEALTH_CHECK_SECONDS = 45;

  private final Engine engine;
  private final WireSessions sessions;
  private final @Nullable String password;

  /**
   * Creates the endpoint.
   *
   * @param password what every user has to give, or null when anything is accepted
   */
  LoginEndpoint(Engine engine, WireSessions sessions, @Nullable String password) {
    this.engine = engine;
    this.sessions = sessions;
    this.password = password;
  }

  JsonObject answer(Exchange exchange) throws IOException, SQLException, Failure {
    if (!(exchange.body().get("data") instanceof JsonObject login)) {
      throw badLogin();
    }
    String user = text(login, "LOGIN_NAME");
    if (user == null || user.isBlank()) {
      throw badLogin();
    }
    check(login);
    Session session = engine.openSession(user.toUpperCase(Locale.ROOT));
    boolean opened = false;
    try {
      use(session, exchange);
      if (login.get("SESSION_PARAMETERS") instanceof JsonObject parameters) {
        set(session, parameters);
      }
      WireSession wire = sessions.open(session);
      JsonObject answer = answer(session, wire);
      opened = true;
      return answer;
    } finally {
      if (!opened) {
        session.close();
      }
    }
  }

  private void check(JsonObject login) throws Failure {
    if (password == null) {
      return;
    }
    String given = text(login, "PASSWORD");
    if (given == null
        || !MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8))) {
      throw badLogin();
    }
  }

  private void use(Session session, Exchange exchange) throws SQLException {
    Identifier database = identifier(exchange.parameter("databaseName"));
    Identifier schema = identifier(exchange.parameter("schemaName"));
    // As Snowflake: a name that does not exist leaves the session without one, with a warning.
    if (database != null && engine.catalog().databaseExists(session, database)) {
      Identifier wanted = schema == null ? new Identifier("PUBLIC") : schema;
      session.use(
          database, engine.catalog().schemaExists(session, database, wanted) ? wanted : null);
    }
    Identifier warehouse = identifier(exchange.parameter("warehouse"));
    session.useWarehouse(warehouse == null ? null : warehouse.name());
    Identifier role = identifier(exchange.parameter("roleName"));
    if (role != null) {
      session.useRole(role.name());
    }
  }

  private static void set(Session session, JsonObject parameters) throws SQLException, Failure {
    for (Map.Entry<String, JsonElement> parameter : parameters.entrySet()) {
      if (SessionParameters.isKnown(parameter.getKey()) && parameter.getValue().isJsonPrimitive()) {
        try {
          session.setParameter(parameter.getKey(), parameter.getValue().getAsString());
        } catch (SqlError e) {
          throw new Failure(e.code(), e.sqlState(), e.text());
        }
      }
    }
  }

  private static JsonObject answer(Session session, WireSession wire) throws IOException {
    JsonObject data = new JsonObject();
    data.addProperty("token", wire.token());
    data.addProperty("masterToken", wire.masterToken());
    data.addProperty("validityInSeconds", VALIDITY_SECONDS);
    data.addProperty("masterValidityInSeconds", MASTER_VALIDITY_SECONDS);
    data.addProperty("displayUserName", session.user());
    data.addProperty("serverVersion", Session.SERVER_VERSION);
    data.addProperty("firstLogin", false);
    data.add("remMeToken", null);
    data.addProperty("remMeValidityInSeconds", 0);
    data.addProperty("healthCheckInterval", HEALTH_CHECK_SECONDS);
    data.add("newClientForUpgrade", null);
    data.addProperty("sessionId", session.id());
    StringWriter parameters = new StringWriter();
    try (JsonWriter json = new JsonWriter(parameters)) {
      AnswerWriter.parameters(json, session);
    }
    data.add("parameters", JsonParser.parseString(parameters.toString()));
    JsonObject info = new JsonObject();
    Identifier database = session.database();
    Identifier schema = session.schema();
    info.addProperty("databaseName", database == null ? null : database.name());
    info.addProperty("schemaName", schema == null ? null : schema.name());
    info.addProperty("warehouseName", session.warehouse());
    info.addProperty("roleName", session.role());
    data.add("sessionInfo", info);
    return Exchange.success(data);
  }

  private static @Nullable Identifier identifier(@Nullable String name) {
    if (name == null || name.isBlank()) {
      return null;
    }
    try {
      return Identifier.parse(name);
    } catch (SqlError e) {
      // Snowflake takes a name that is no identifier as it stands.
      return new Identifier(name);
    }
  }

  private static @Nullable String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || !value.isJsonPrimitive() ? null : value.getAsString();
  }

  private static Failure badLogin() {
    return new Failure("390100", "08001", "Incorrect username or password was specified.");
  }
}
