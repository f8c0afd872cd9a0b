package io.refract.snowflake.embedded.stage;

import com.google.common.base.Ascii;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.refract.snowflake.embedded.engine.Column;
import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.engine.Request;
import io.refract.snowflake.embedded.engine.Result;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.engine.StatementHandler;
import io.refract.snowflake.embedded.engine.StatementType;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.StatementKind;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.io.File;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PUT and GET: tells the driver, which copies the files itself, from where to where.
 *
 * <p>The driver and the server share a disk, so stages are answered as local directories. The one
 * exception is a download as stream, which the driver refuses for local stages: that is answered as
 * a remote stage with an address of this server.
 */
public final class TransferStatements implements StatementHandler {

  private static final String STREAM_MARK = "/*jdbc download stream*/";
  private static final long THRESHOLD = 209_715_200L;
  private static final int MAX_PARALLEL = 99;
  private static final Set<String> COMPRESSIONS =
      Set.of("AUTO_DETECT", "GZIP", "BZ2", "BROTLI", "ZSTD", "DEFLATE", "RAW_DEFLATE", "NONE");

  private final Engine engine;
  private final Stages stages;

  /** Makes the handler of an engine's transfers. */
  public TransferStatements(Engine engine, Stages stages) {
    this.engine = engine;
    this.stages = stages;
  }

  @Override
  public boolean accepts(Request request) {
    return request.kind() == StatementKind.PUT || request.kind() == StatementKind.GET;
  }

  @Override
  public Result execute(Request request, Session session) throws SQLException {
    TokenStream in = request.tokens();
    return in.accept("PUT") ? put(in, session) : get(in, request, session);
  }

  @Override
  public Result describe(Request request, Session session) {
    StatementType type =
        request.kind() == StatementKind.PUT ? StatementType.PUT : StatementType.GET;
    return Result.of(type, List.of(Column.of("status", SnowflakeType.VARCHAR)), List.of());
  }

  private Result put(TokenStream in, Session session) throws SQLException {
    String source = localFile(in);
    StagePath path = StagePath.read(in);
    int parallel = 4;
    boolean compress = true;
    boolean overwrite = false;
    String compression = "AUTO_DETECT";
    while (!in.atEnd()) {
      if (in.accept("PARALLEL")) {
        parallel = parallel(in);
      } else if (in.accept("AUTO_COMPRESS")) {
        compress = flag(in);
      } else if (in.accept("OVERWRITE")) {
        overwrite = flag(in);
      } else if (in.accept("SOURCE_COMPRESSION")) {
        in.expectOperator("=");
        compression = word(in);
        if (!COMPRESSIONS.contains(compression)) {
          throw SqlError.syntax(
              "invalid value '" + compression + "' for property 'SOURCE_COMPRESSION'.");
        }
      } else {
        throw in.unexpected();
      }
    }
    Stage stage = stages.find(path, session);
    JsonObject data = new JsonObject();
    data.addProperty("command", "UPLOAD");
    JsonArray sources = new JsonArray();
    sources.add(source);
    data.add("src_locations", sources);
    data.addProperty("parallel", parallel);
    data.addProperty("threshold", THRESHOLD);
    data.addProperty("autoCompress", compress);
    data.addProperty("overwrite", overwrite);
    data.addProperty("sourceCompression", Ascii.toLowerCase(compression));
    data.addProperty("clientShowEncryptionParameter", false);
    data.add("encryptionMaterial", JsonNull.INSTANCE);
    data.add(
        "stageInfo", stageInfo("LOCAL_FS", stage.resolveDirectory(path.path()) + File.separator));
    return Result.transfer(StatementType.PUT, data);
  }

  private Result get(TokenStream in, Request request, Session session) throws SQLException {
    in.expect("GET");
    StagePath path = StagePath.read(in);
    String target = localFile(in);
    int parallel = 10;
    String pattern = null;
    while (!in.atEnd()) {
      if (in.accept("PARALLEL")) {
        parallel = parallel(in);
      } else if (in.accept("PATTERN")) {
        in.expectOperator("=");
        pattern = in.string();
      } else {
        throw in.unexpected();
      }
    }
    Stage stage = stages.find(path, session);
    List<Stage.StagedFile> files = stage.list(path.path(), pattern);
    JsonObject data = new JsonObject();
    data.addProperty("command", "DOWNLOAD");
    data.addProperty("localLocation", target);
    data.addProperty("parallel", parallel);
    data.addProperty("threshold", THRESHOLD);
    data.addProperty("autoCompress", true);
    data.addProperty("overwrite", false);
    data.addProperty("clientShowEncryptionParameter", false);
    data.add("encryptionMaterial", new JsonArray());
    if (request.source().contains(STREAM_MARK)) {
      return stream(stage, path, data);
    }
    JsonArray sources = new JsonArray();
    for (Stage.StagedFile file : files) {
      sources.add(stage.directory().relativize(file.file()).toString());
    }
    data.add("src_locations", sources);
    data.add("presignedUrls", JsonNull.INSTANCE);
    data.add("stageInfo", stageInfo("LOCAL_FS", stage.directory() + File.separator));
    return Result.transfer(StatementType.GET, data);
  }

  private Result stream(Stage stage, StagePath path, JsonObject data) {
    Stage.StagedFile file = stage.find(path.path());
    JsonArray sources = new JsonArray();
    JsonArray addresses = new JsonArray();
    if (file != null) {
      sources.add(file.name());
      addresses.add(engine.downloads().publish(file.file()));
    }
    data.add("src_locations", sources);
    data.add("presignedUrls", addresses);
    data.add("stageInfo", stageInfo("GCS", "stages/embedded/"));
    return Result.transfer(StatementType.GET, data);
  }

  private static JsonObject stageInfo(String type, String location) {
    JsonObject info = new JsonObject();
    info.addProperty("locationType", type);
    info.addProperty("location", location);
    info.addProperty("path", "");
    info.addProperty("region", "");
    info.add("storageAccount", JsonNull.INSTANCE);
    info.addProperty("isClientSideEncrypted", false);
    info.add("creds", new JsonObject());
    info.add("presignedUrl", JsonNull.INSTANCE);
    info.add("endPoint", JsonNull.INSTANCE);
    return info;
  }

  /**
   * Reads a local file address; the driver compares the answer with its own reading, byte for byte:
   * without quotes all up to a blank, within quotes only {@code \\} is an escape.
   */
  private static String localFile(TokenStream in) {
    Token token = in.peek();
    String text;
    if (token.kind() == Token.Kind.FILE) {
      text = token.text();
    } else if (token.kind() == Token.Kind.STRING && token.text().startsWith("'")) {
      text = token.text().substring(1, token.text().length() - 1).replace("\\\\", "\\");
    } else {
      throw in.unexpected();
    }
    if (!text.regionMatches(true, 0, "file://", 0, "file://".length())) {
      throw SqlError.syntax("a local file must be given as file://<path>, not '" + text + "'.");
    }
    in.next();
    return text.substring("file://".length());
  }

  private static int parallel(TokenStream in) {
    in.expectOperator("=");
    int parallel = in.integer();
    // The driver makes a thread pool of this size, and none of size 0.
    return Math.max(1, Math.min(MAX_PARALLEL, parallel));
  }

  private static boolean flag(TokenStream in) {
    in.expectOperator("=");
    String value = word(in);
    if (!value.equals("TRUE") && !value.equals("FALSE")) {
      throw in.unexpected();
    }
    return value.equals("TRUE");
  }

  private static String word(TokenStream in) {
    @Nullable String text = in.peek().kind() == Token.Kind.STRING ? in.string() : null;
    return Ascii.toUpperCase(text == null ? in.identifier().name() : text);
  }
}
