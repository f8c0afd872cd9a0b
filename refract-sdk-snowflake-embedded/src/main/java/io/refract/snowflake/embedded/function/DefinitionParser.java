package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import io.refract.snowflake.embedded.stage.StagePath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads CREATE FUNCTION from its name on.
 *
 * <p>Source: Snowflake documentation, "CREATE FUNCTION".
 */
final class DefinitionParser {

  private static final Set<String> PYTHON_VERSIONS = Set.of("3.10", "3.11", "3.12", "3.13", "3.14");
  private static final Set<String> JAVA_VERSIONS = Set.of("11", "17", "21");

  private final TokenStream in;
  private final Session session;
  private final boolean secure;
  private Language language = Language.SQL;
  private boolean strict;
  private boolean immutable;
  private String runtimeVersion = "";
  private List<String> imports = List.of();
  private List<String> packages = List.of();
  private @Nullable String repository;
  private @Nullable String handler;
  private @Nullable String body;
  private String comment = "";

  private DefinitionParser(TokenStream in, Session session, boolean secure) {
    this.in = in;
    this.session = session;
    this.secure = secure;
  }

  /**
   * Reads a definition.
   *
   * @throws SqlError 001003 for a wrong clause, 0A000 for one that is not covered
   */
  static Definition parse(TokenStream in, Session session, boolean secure) {
    return new DefinitionParser(in, session, secure).parse();
  }

  private Definition parse() {
    QualifiedName.Full name = session.resolve(in.qualifiedName());
    List<Definition.Argument> arguments = columns(true);
    in.accept("COPY", "GRANTS");
    in.expect("RETURNS");
    SnowflakeType returns = SnowflakeType.VARCHAR;
    List<Definition.Argument> table = List.of();
    if (in.accept("TABLE")) {
      table = columns(false);
      if (table.isEmpty()) {
        throw SqlError.unsupported("RETURNS TABLE () without columns");
      }
    } else {
      returns = SnowflakeType.parse(in);
    }
    boolean notNull = in.accept("NOT", "NULL");
    if (!notNull) {
      in.accept("NULL");
    }
    while (!in.atEnd()) {
      clause();
    }
    validate(name, table);
    return new Definition(
        name,
        arguments,
        returns,
        table,
        new Definition.Options(
            language,
            secure,
            strict,
            immutable,
            notNull,
            runtimeVersion,
            imports,
            packages,
            repository,
            handler,
            body,
            comment));
  }

  private List<Definition.Argument> columns(boolean defaults) {
    List<Definition.Argument> columns = new ArrayList<>();
    Set<Identifier> names = new HashSet<>();
    boolean optional = false;
    in.expectOperator("(");
    if (in.acceptOperator(")")) {
      return columns;
    }
    do {
      Identifier name = in.identifier();
      if (!names.add(name)) {
        throw SqlError.syntax("duplicate argument name '" + name.sql() + "'.");
      }
      SnowflakeType type = SnowflakeType.parse(in);
      String initial = null;
      if (defaults && (in.accept("DEFAULT") || in.acceptOperator("=>"))) {
        initial = expression();
        optional = true;
      } else if (optional) {
        throw SqlError.syntax(
            "the argument " + name.sql() + " without a default follows one with a default.");
      }
      columns.add(new Definition.Argument(name, type, initial));
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    return columns;
  }

  /** Reads up to the comma or parenthesis that ends an argument. */
  private String expression() {
    int start = in.peek().start();
    int depth = 0;
    while (depth > 0 || !(in.atOperator(",") || in.atOperator(")"))) {
      if (in.peek().kind() == Token.Kind.END) {
        throw in.unexpected();
      }
      Token token = in.next();
      if (token.isOperator("(")) {
        depth++;
      } else if (token.isOperator(")")) {
        depth--;
      }
    }
    return in.slice(start, in.lastEnd());
  }

  private void clause() {
    if (in.accept("LANGUAGE")) {
      language = language();
    } else if (in.accept("CALLED", "ON", "NULL", "INPUT")) {
      strict = false;
    } else if (in.accept("RETURNS", "NULL", "ON", "NULL", "INPUT") || in.accept("STRICT")) {
      strict = true;
    } else if (in.accept("VOLATILE")) {
      immutable = false;
    } else if (in.accept("IMMUTABLE") || in.accept("MEMOIZABLE")) {
      immutable = true;
    } else if (in.accept("COPY", "GRANTS")) {
      return;
    } else if (in.accept("AS")) {
      body = in.string();
      in.expectEnd();
    } else {
      property();
    }
  }

  private void property() {
    if (in.peek().kind() != Token.Kind.WORD) {
      throw in.unexpected();
    }
    String name = in.peek().value();
    switch (name) {
      case "RUNTIME_VERSION" -> {
        assign();
        runtimeVersion =
            in.peek().kind() == Token.Kind.NUMBER ? in.next().text() : in.string().strip();
      }
      case "COMMENT" -> {
        assign();
        comment = in.string();
      }
      case "IMPORTS" -> {
        assign();
        imports = strings().stream().map(this::importPath).toList();
      }
      case "PACKAGES" -> {
        assign();
        packages = List.copyOf(strings());
      }
      case "ARTIFACT_REPOSITORY" -> {
        assign();
        repository = in.qualifiedName().sql().toUpperCase(Locale.ROOT);
      }
      case "HANDLER" -> {
        assign();
        handler = in.string().strip();
      }
      case "RESOURCE_CONSTRAINT" -> {
        assign();
        skipParentheses();
      }
      case "TARGET_PATH", "EXTERNAL_ACCESS_INTEGRATIONS", "SECRETS" ->
          throw SqlError.unsupported(name + " of CREATE FUNCTION");
      default -> throw in.unexpected();
    }
  }

  private void assign() {
    in.next();
    in.expectOperator("=");
  }

  private Language language() {
    String name = in.identifier().name().toUpperCase(Locale.ROOT);
    return switch (name) {
      case "SQL" -> Language.SQL;
      case "JAVA" -> Language.JAVA;
      case "PYTHON" -> Language.PYTHON;
      case "JAVASCRIPT", "SCALA" ->
          throw SqlError.unsupported("CREATE FUNCTION ... LANGUAGE " + name);
      default -> throw SqlError.syntax("invalid value '" + name + "' for property 'LANGUAGE'.");
    };
  }

  private List<String> strings() {
    List<String> texts = new ArrayList<>();
    in.expectOperator("(");
    while (!in.acceptOperator(")")) {
      texts.add(in.string());
      if (!in.acceptOperator(",") && !in.atOperator(")")) {
        throw in.unexpected();
      }
    }
    return texts;
  }

  private void skipParentheses() {
    in.expectOperator("(");
    while (!in.acceptOperator(")")) {
      if (in.next().kind() == Token.Kind.END) {
        throw in.unexpected();
      }
    }
  }

  /** Fills the session's schema into the stage of an import, for later calls in other sessions. */
  private String importPath(String text) {
    StagePath path = StagePath.parse(text);
    QualifiedName name = path.name();
    if (path.kind() == StagePath.Kind.TABLE) {
      throw SqlError.unsupported("IMPORTS from the stage of a table");
    }
    return name == null ? text : "@" + session.resolve(name).sql() + "/" + path.path();
  }

  private void validate(QualifiedName.Full name, List<Definition.Argument> table) {
    if (!table.isEmpty()) {
      throw SqlError.unsupported("table function " + name.sql() + " in " + language);
    }
    if (language == Language.SQL) {
      if (body == null) {
        throw SqlError.syntax("Missing option(s): [AS]");
      }
      if (handler != null || !imports.isEmpty() || !packages.isEmpty()) {
        throw SqlError.syntax("a function in SQL has no HANDLER, IMPORTS or PACKAGES.");
      }
      if (strict) {
        throw SqlError.unsupported("RETURNS NULL ON NULL INPUT of a function in SQL");
      }
      return;
    }
    if (handler == null) {
      throw SqlError.syntax("Missing option(s): [HANDLER]");
    }
    if (language == Language.PYTHON) {
      requireVersion(PYTHON_VERSIONS, "3.10 to 3.14");
    } else if (runtimeVersion.isEmpty()) {
      runtimeVersion = "11";
    } else {
      requireVersion(JAVA_VERSIONS, "11, 17 and 21");
    }
    if (body == null && imports.isEmpty()) {
      throw SqlError.syntax("a function without AS needs IMPORTS with its handler.");
    }
    if (language == Language.JAVA) {
      for (String name1 : packages) {
        throw SqlError.unsupported("PACKAGES = ('" + name1 + "') of a function in JAVA");
      }
    }
  }

  private void requireVersion(Set<String> versions, String words) {
    if (runtimeVersion.isEmpty()) {
      throw SqlError.syntax("Missing option(s): [RUNTIME_VERSION]");
    }
    if (!versions.contains(runtimeVersion)) {
      throw SqlError.unsupported(
          "RUNTIME_VERSION = "
              + runtimeVersion
              + " of LANGUAGE "
              + language
              + ". Snowflake creates functions with "
              + words);
    }
  }
}
