package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.engine.Catalog;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.format.FileFormatClause;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.stage.StagePath;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What COPY INTO a table says.
 *
 * @param table the target
 * @param columns the columns of the target, or nothing for all
 * @param source where the files are
 * @param query the SELECT list and everything else of a transformation, or null
 * @param files FILES; nothing for all
 * @param pattern PATTERN, or null
 * @param format FILE_FORMAT, or null for the stage's
 * @param onError what a bad record does
 * @param force whether files are loaded again
 * @param purge whether loaded files are removed
 * @param truncate whether too long texts are cut
 * @param match MATCH_BY_COLUMN_NAME
 * @param failedOnly RETURN_FAILED_ONLY
 */
record CopyStatement(
    QualifiedName.Full table,
    List<Identifier> columns,
    StagePath source,
    @Nullable String query,
    List<String> files,
    @Nullable String pattern,
    @Nullable FileFormat format,
    OnError onError,
    boolean force,
    boolean purge,
    boolean truncate,
    Match match,
    boolean failedOnly) {

  /** What a bad record does. */
  enum OnError {
    /** Fails the statement. */
    ABORT_STATEMENT,
    /** Leaves the record out. */
    CONTINUE,
    /** Leaves the file out. */
    SKIP_FILE
  }

  /** How fields find their columns. */
  enum Match {
    /** By position. */
    NONE,
    /** By name. */
    CASE_SENSITIVE,
    /** By name in any case. */
    CASE_INSENSITIVE
  }

  /** Reads a statement. */
  static CopyStatement parse(TokenStream in, Catalog catalog, Session session) throws SQLException {
    in.expect("COPY", "INTO");
    if (StagePath.isAt(in) || in.peek().kind() == Token.Kind.STRING) {
      throw SqlError.unsupported("COPY INTO a stage (unloading)");
    }
    QualifiedName.Full table = session.resolve(in.qualifiedName());
    List<Identifier> columns = new ArrayList<>();
    if (in.acceptOperator("(")) {
      do {
        columns.add(in.identifier());
      } while (in.acceptOperator(","));
      in.expectOperator(")");
    }
    in.expect("FROM");
    String query = null;
    StagePath source;
    if (in.atOperator("(")) {
      query = query(in);
      source = sourceOf(query);
    } else {
      source = StagePath.read(in);
    }
    Options options = new Options(in, catalog, session);
    while (!in.atEnd()) {
      options.read();
    }
    return new CopyStatement(
        table,
        List.copyOf(columns),
        source,
        query,
        List.copyOf(options.files),
        options.pattern,
        options.format,
        options.onError,
        options.force,
        options.purge,
        options.truncate,
        options.match,
        options.failedOnly);
  }

  /** Reads the query in parentheses. */
  private static String query(TokenStream in) {
    in.expectOperator("(");
    int start = in.peek().start();
    int depth = 0;
    while (depth > 0 || !in.atOperator(")")) {
      Token token = in.next();
      if (token.kind() == Token.Kind.END) {
        throw in.unexpected();
      }
      depth += token.isOperator("(") ? 1 : token.isOperator(")") ? -1 : 0;
    }
    String query = in.slice(start, in.lastEnd());
    in.expectOperator(")");
    return query;
  }

  private static StagePath sourceOf(String query) {
    TokenStream in = TokenStream.of(query);
    while (in.peek().kind() != Token.Kind.END) {
      if (in.next().isWord("FROM") && StagePath.isAt(in)) {
        return StagePath.read(in);
      }
    }
    throw SqlError.syntax("COPY INTO needs a query over one stage.");
  }

  /** The options behind FROM, in any order. */
  private static final class Options {

    private final TokenStream in;
    private final Catalog catalog;
    private final Session session;
    private final List<String> files = new ArrayList<>();
    private @Nullable String pattern;
    private @Nullable FileFormat format;
    private OnError onError = OnError.ABORT_STATEMENT;
    private boolean force;
    private boolean purge;
    private boolean truncate;
    private boolean failedOnly;
    private Match match = Match.NONE;

    Options(TokenStream in, Catalog catalog, Session session) {
      this.in = in;
      this.catalog = catalog;
      this.session = session;
    }

    private void read() throws SQLException {
      String name = in.identifier().name().toUpperCase(Locale.ROOT);
      in.expectOperator("=");
      switch (name) {
        case "FILES" -> {
          in.expectOperator("(");
          do {
            files.add(in.string());
          } while (in.acceptOperator(","));
          in.expectOperator(")");
        }
        case "PATTERN" -> pattern = in.string();
        case "FILE_FORMAT" ->
            format = FileFormat.fromJson(FileFormatClause.read(in, catalog, session));
        case "ON_ERROR" -> onError = onError(word());
        case "FORCE" -> force = flag();
        case "PURGE" -> purge = flag();
        case "TRUNCATECOLUMNS" -> truncate = flag();
        case "ENFORCE_LENGTH" -> truncate = !flag();
        case "RETURN_FAILED_ONLY" -> failedOnly = flag();
        case "MATCH_BY_COLUMN_NAME" -> match = match(word());
        case "SIZE_LIMIT",
            "VALIDATION_MODE",
            "LOAD_UNCERTAIN_FILES",
            "LOAD_MODE",
            "INCLUDE_METADATA",
            "FILE_PROCESSOR",
            "CLUSTER_AT_INGEST_TIME" ->
            throw SqlError.unsupported(name + " of COPY INTO");
        default -> throw SqlError.syntax("invalid parameter '" + name + "' of COPY INTO.");
      }
    }

    private String word() {
      String text = in.peek().kind() == Token.Kind.STRING ? in.string() : in.identifier().name();
      return text.toUpperCase(Locale.ROOT);
    }

    private boolean flag() {
      String word = word();
      if (!word.equals("TRUE") && !word.equals("FALSE")) {
        throw SqlError.syntax("invalid value '" + word + "', expected TRUE or FALSE.");
      }
      return word.equals("TRUE");
    }

    private static OnError onError(String word) {
      return switch (word) {
        case "ABORT_STATEMENT" -> OnError.ABORT_STATEMENT;
        case "CONTINUE" -> OnError.CONTINUE;
        case "SKIP_FILE" -> OnError.SKIP_FILE;
        default -> {
          if (word.startsWith("SKIP_FILE_")) {
            throw SqlError.unsupported("ON_ERROR = " + word);
          }
          throw SqlError.syntax("invalid value '" + word + "' for property 'ON_ERROR'.");
        }
      };
    }

    private static Match match(String word) {
      for (Match match : Match.values()) {
        if (match.name().equals(word)) {
          return match;
        }
      }
      throw SqlError.syntax("invalid value '" + word + "' for property 'MATCH_BY_COLUMN_NAME'.");
    }
  }
}
