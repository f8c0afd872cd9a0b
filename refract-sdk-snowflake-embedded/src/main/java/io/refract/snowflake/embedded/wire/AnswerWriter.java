package io.refract.snowflake.embedded.wire;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.RowCursor;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.sql.Identifier;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the answers to queries as JSON, row by row. */
final class AnswerWriter {

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();
  private static final int BUFFER = 1 << 16;

  private final Session session;
  private final String queryId;
  private final int numberOfBinds;
  private final boolean arrayBindSupported;

  AnswerWriter(Session session, String queryId, int numberOfBinds, boolean arrayBindSupported) {
    this.session = session;
    this.queryId = queryId;
    this.numberOfBinds = numberOfBinds;
    this.arrayBindSupported = arrayBindSupported;
  }

  /** Writes columns and rows. */
  void rows(OutputStream out, StatementType type, List<Column> columns, RowCursor rows)
      throws IOException, SQLException {
    Writer buffered =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER);
    JsonWriter json = new JsonWriter(buffered);
    json.beginObject().name("data").beginObject();
    json.name("rowtype").beginArray();
    WireType[] types = new WireType[columns.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = WireType.of(columns.get(i).type());
      types[i].write(json, columns.get(i));
    }
    json.endArray();
    json.name("rowset").beginArray();
    CellEncoder encoder = new CellEncoder(zone(session));
    long count = 0;
    for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
      json.beginArray();
      for (int i = 0; i < types.length; i++) {
        json.value(encoder.encode(row[i], types[i].name(), types[i].scale()));
      }
      json.endArray();
      count++;
    }
    json.endArray();
    json.name("total").value(count);
    json.name("returned").value(count);
    state(json);
    json.name("numberOfBinds").value(numberOfBinds);
    json.name("arrayBindSupported").value(arrayBindSupported);
    json.name("statementTypeId").value(type.id());
    json.name("version").value(1);
    json.name("queryResultFormat").value("json");
    json.endObject();
    end(json);
    json.flush();
  }

  /** Writes the instructions of a file transfer. */
  void transfer(OutputStream out, StatementType type, JsonObject data) throws IOException {
    Writer buffered =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER);
    JsonWriter json = new JsonWriter(buffered);
    json.beginObject().name("data").beginObject();
    for (String name : data.keySet()) {
      json.name(name).jsonValue(GSON.toJson(data.get(name)));
    }
    state(json);
    json.name("statementTypeId").value(type.id());
    json.endObject();
    end(json);
    json.flush();
  }

  /** Returns a small body as bytes. */
  static byte[] bytes(JsonObject body) {
    return GSON.toJson(body).getBytes(StandardCharsets.UTF_8);
  }

  /** Writes the parameters of a session as the driver expects them. */
  static void parameters(JsonWriter json, Session session) throws IOException {
    json.beginArray();
    for (Map.Entry<String, Object> parameter : session.parameters().all().entrySet()) {
      json.beginObject().name("name").value(parameter.getKey()).name("value");
      Object value = parameter.getValue();
      if (value instanceof Boolean flag) {
        json.value(flag.booleanValue());
      } else if (value instanceof Long number) {
        json.value(number.longValue());
      } else {
        json.value(value.toString());
      }
      json.endObject();
    }
    json.endArray();
  }

  private void state(JsonWriter json) throws IOException {
    // The driver applies what it finds here, so it must be the state after the statement.
    json.name("parameters");
    parameters(json, session);
    json.name("queryId").value(queryId);
    json.name("databaseProvider").nullValue();
    json.name("finalDatabaseName").value(name(session.database()));
    json.name("finalSchemaName").value(name(session.schema()));
    json.name("finalWarehouseName").value(session.warehouse());
    json.name("finalRoleName").value(session.role());
    json.name("sendResultTime").value(System.currentTimeMillis());
  }

  private static @Nullable String name(@Nullable Identifier identifier) {
    return identifier == null ? null : identifier.name();
  }

  private static void end(JsonWriter json) throws IOException {
    json.name("code").nullValue();
    json.name("message").nullValue();
    json.name("success").value(true);
    json.endObject();
  }

  private static ZoneId zone(Session session) {
    try {
      return ZoneId.of(session.parameters().get("TIMEZONE").toString());
    } catch (DateTimeException e) {
      // ALTER SESSION checks the zone; the one a login asked for may be unknown here.
      return ZoneOffset.UTC;
    }
  }
}
