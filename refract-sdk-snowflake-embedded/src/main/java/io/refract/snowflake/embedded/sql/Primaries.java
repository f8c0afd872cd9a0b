package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Operands: literals, columns, casts, paths into JSON, CASE, subqueries. */
final class Primaries {

  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_ ]+");

  private final Parser parser;
  private final TokenStream in;

  Primaries(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /** Reads an operand with the casts, elements and paths behind it. */
  Expr postfix() {
    Expr e = primary();
    while (true) {
      if (in.acceptOperator("::")) {
        e = Casts.cast(e, SnowflakeType.parse(in), false);
      } else if (in.atOperator("[")) {
        e = path(e);
      } else if (in.atOperator(":") && (in.peek(1).isName() || in.peek(1).isOperator("["))) {
        e = path(e);
      } else if (in.at("COLLATE")) {
        throw SqlError.unsupported("COLLATE");
      } else {
        return e;
      }
    }
  }

  /** Reads {@code :a.b[0]} or {@code [expression]} behind a value. */
  private Expr path(Expr value) {
    StringBuilder path = new StringBuilder("$");
    boolean simple = true;
    boolean first = true;
    while (true) {
      if ((first && in.acceptOperator(":")) || (!first && in.acceptOperator("."))) {
        Token key = in.peek();
        if (!key.isName()) {
          throw in.unexpected();
        }
        in.next();
        String name = key.kind() == Token.Kind.QUOTED ? key.value() : key.text();
        simple &= PLAIN_KEY.matcher(name).matches();
        path.append('.').append(Identifier.quote(name));
      } else if (in.acceptOperator("[")) {
        Expr index = parser.expressions.expression();
        in.expectOperator("]");
        if (index.isIntegerLiteral() && !index.sql().startsWith("-")) {
          path.append('[').append(index.sql()).append(']');
        } else if (index.isText() && index.literal() != null) {
          simple &= PLAIN_KEY.matcher(index.literal()).matches();
          path.append('.').append(Identifier.quote(index.literal()));
        } else {
          Expr base = path.length() == 1 ? value : extract(value, path.toString(), simple);
          value = element(base, index);
          path.setLength(1);
          simple = true;
        }
      } else {
        break;
      }
      first = false;
    }
    return path.length() == 1 ? value : extract(value, path.toString(), simple);
  }

  private static Expr extract(Expr value, String path, boolean simple) {
    String json = value.isText() ? Casts.variant(value) : value.sql();
    if (simple) {
      return Expr.of("json_extract(" + json + ", " + Expr.quote(path) + ")", Kind.VARIANT);
    }
    return Expr.of(
        "CAST(__sf_json('PATH', CAST("
            + json
            + " AS VARCHAR), "
            + Expr.quote(path.substring(path.startsWith("$.") ? 2 : 1))
            + ", '') AS JSON)",
        Kind.VARIANT);
  }

  /** The element of an array by a number, or of an object by a text, known only at run time. */
  static Expr element(Expr value, Expr index) {
    return Expr.of(
        "CAST(__sf_json('GET', CAST("
            + Casts.variant(value)
            + " AS VARCHAR), CAST("
            + Casts.variant(index)
            + " AS VARCHAR), '') AS JSON)",
        Kind.VARIANT);
  }

  private Expr primary() {
    Token token = in.peek();
    return switch (token.kind()) {
      case NUMBER -> number(in.next().text());
      case STRING -> Expr.text(in.next().value());
      case POSITION -> position(null);
      case VARIABLE -> variable(in.next().value());
      case OPERATOR -> punctuation(token);
      case WORD -> word(token);
      case QUOTED -> column();
      default -> throw in.unexpected();
    };
  }

  private static Expr number(String text) {
    boolean exponent = text.indexOf('e') >= 0 || text.indexOf('E') >= 0;
    if (exponent) {
      return Expr.of("CAST(" + text + " AS DOUBLE)", Kind.FLOAT);
    }
    int point = text.indexOf('.');
    String digits = text.startsWith(".") ? "0" + text : text;
    if (point < 0) {
      if (digits.length() > 38) {
        return Expr.of("CAST(" + digits + ".0 AS DOUBLE)", Kind.FLOAT);
      }
      return Expr.number(digits, 0);
    }
    int scale = text.length() - point - 1;
    return Expr.number(scale == 0 ? digits.substring(0, digits.length() - 1) : digits, scale);
  }

  private Expr variable(String name) {
    String sql =
        parser
            .context
            .variable(name)
            .orElseThrow(
                () ->
                    SqlError.of(
                        "002211",
                        "02000",
                        "SQL compilation error: error line 1 at position 0\nSession variable '$"
                            + name
                            + "' does not exist"));
    if (sql.startsWith("'")) {
      return Expr.of(sql, Kind.TEXT);
    }
    return Expr.of(sql, Kind.UNKNOWN);
  }

  private Expr position(@Nullable String qualifier) {
    String digits = in.next().value();
    // No table has a billion columns.
    int number = digits.length() < 10 ? Integer.parseInt(digits) : 0;
    List<Scope.Source> sources = parser.scope().sources();
    for (Scope.Source source : sources) {
      boolean wanted = qualifier == null ? sources.size() == 1 : source.alias().equals(qualifier);
      Map<String, Kind> columns = source.columns();
      if (wanted && columns != null && number >= 1 && number <= columns.size()) {
        String name = List.copyOf(columns.keySet()).get(number - 1);
        Kind kind = columns.getOrDefault(name, Kind.UNKNOWN);
        return Expr.of(Identifier.quote(source.alias()) + "." + Identifier.quote(name), kind);
      }
    }
    throw SqlError.invalidIdentifier("$" + digits);
  }

  private Expr punctuation(Token token) {
    switch (token.text()) {
      case "(" -> {
        in.next();
        if (parser.queries.atQuery()) {
          Query query = parser.queries.query();
          in.expectOperator(")");
          return Expr.of("(" + query.sql() + ")", query.firstKind());
        }
        List<Expr> list = parser.expressions.list();
        in.expectOperator(")");
        if (list.size() == 1) {
          return list.get(0).literal() == null ? list.get(0).parenthesized() : list.get(0);
        }
        return Expr.of("(" + join(list) + ")", Kind.UNKNOWN);
      }
      case "?" -> {
        in.next();
        return Expr.of(parser.bindAt(token), Kind.UNKNOWN);
      }
      case ":" -> {
        if (in.peek(1).kind() == Token.Kind.NUMBER) {
          in.next();
          return Expr.of(parser.bind(in.integer()), Kind.UNKNOWN);
        }
        throw SqlError.unsupported("bind variables by name");
      }
      case "[" -> {
        in.next();
        List<Expr> elements = in.atOperator("]") ? List.of() : parser.expressions.list();
        in.expectOperator("]");
        return Semistructured.array(elements);
      }
      case "{" -> {
        return object();
      }
      case "*" -> throw in.unexpected();
      default -> throw in.unexpected();
    }
  }

  private Expr object() {
    in.expectOperator("{");
    List<Expr> pairs = new ArrayList<>();
    if (!in.atOperator("}")) {
      do {
        pairs.add(Expr.text(in.string()));
        in.expectOperator(":");
        pairs.add(parser.expressions.expression());
      } while (in.acceptOperator(","));
    }
    in.expectOperator("}");
    return Semistructured.object(pairs, false);
  }

  private Expr word(Token token) {
    boolean call = in.peek(1).isOperator("(");
    boolean text = in.peek(1).kind() == Token.Kind.STRING;
    switch (token.value()) {
      case "NULL" -> {
        in.next();
        return Expr.of("NULL", Kind.NULL);
      }
      case "TRUE", "FALSE" -> {
        in.next();
        return Expr.of(token.value(), Kind.BOOLEAN);
      }
      case "CASE" -> {
        return choice();
      }
      case "CAST", "TRY_CAST" -> {
        in.next();
        in.expectOperator("(");
        Expr value = parser.expressions.expression();
        in.expect("AS");
        SnowflakeType type = SnowflakeType.parse(in);
        in.expectOperator(")");
        return Casts.cast(value, type, token.isWord("TRY_CAST"));
      }
      case "EXISTS" -> {
        in.next();
        in.expectOperator("(");
        String query = parser.queries.query().sql();
        in.expectOperator(")");
        return Expressions.bool("(EXISTS (" + query + "))");
      }
      case "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ" -> {
        if (text) {
          SnowflakeType type = SnowflakeType.parse(in);
          return Casts.cast(Expr.text(in.string()), type, false);
        }
      }
      case "INTERVAL" -> {
        if (text) {
          throw SqlError.unsupported("an INTERVAL that is not added to or subtracted from a value");
        }
      }
      case "PRIOR", "CONNECT_BY_ROOT" -> {
        if (!call) {
          throw SqlError.unsupported("CONNECT BY");
        }
      }
      default -> {
        // A column or a function; below.
      }
    }
    if (!call && ContextFunctions.isBare(token.value())) {
      in.next();
      return ContextFunctions.call(token.value(), parser.context);
    }
    if (!call && Parser.isReserved(token.value())) {
      if (!(token.isWord("LEFT") || token.isWord("RIGHT") || token.isWord("INSERT"))) {
        throw in.unexpected();
      }
    }
    return column();
  }

  /** Reads a column, {@code t.*}'s prefix excluded, a sequence's NEXTVAL or a function call. */
  private Expr column() {
    if (in.at("IDENTIFIER") && in.peek(1).isOperator("(")) {
      QualifiedName name = in.qualifiedName();
      return reference(parts(name));
    }
    List<Identifier> parts = new ArrayList<>();
    boolean quoted = in.peek().kind() == Token.Kind.QUOTED;
    parts.add(in.identifier());
    while (in.atOperator(".")) {
      in.next();
      if (in.peek().kind() == Token.Kind.POSITION) {
        return position(parts.get(parts.size() - 1).name());
      }
      parts.add(in.identifier());
    }
    if (in.atOperator("(")) {
      return parser.calls.call(parts, quoted);
    }
    return reference(parts);
  }

  private static List<Identifier> parts(QualifiedName name) {
    List<Identifier> parts = new ArrayList<>();
    Identifier database = name.database();
    if (database != null) {
      parts.add(database);
    }
    Identifier schema = name.schema();
    if (schema != null) {
      parts.add(schema);
    }
    parts.add(name.name());
    return parts;
  }

  private Expr reference(List<Identifier> parts) {
    Identifier last = parts.get(parts.size() - 1);
    if (parts.size() > 1 && last.name().equals("NEXTVAL")) {
      QualifiedName sequence = Tables.name(parts.subList(0, parts.size() - 1));
      String full =
          sequence
              .resolve(parser.context.currentDatabase(), parser.context.currentSchema())
              .duckDb();
      return Expr.of("nextval(" + Expr.quote(full) + ")", Kind.NUMBER);
    }
    String qualifier = parts.size() > 1 ? parts.get(parts.size() - 2).name() : null;
    Kind kind = parser.scope().column(qualifier, last.name());
    String sql = last.quoted();
    if (qualifier != null) {
      sql = Identifier.quote(qualifier) + "." + sql;
    }
    if (parts.size() > 2) {
      QualifiedName table = Tables.name(parts.subList(0, parts.size() - 1));
      QualifiedName.Full full =
          table.resolve(parser.context.currentDatabase(), parser.context.currentSchema());
      sql = full.duckDb() + "." + last.quoted();
    }
    return Expr.of(sql, kind);
  }

  private Expr choice() {
    in.expect("CASE");
    Expr subject = in.at("WHEN") ? null : parser.expressions.expression();
    Choice choice = new Choice(subject, "=");
    while (in.accept("WHEN")) {
      Expr when = parser.expressions.expression();
      in.expect("THEN");
      choice.when(when, parser.expressions.expression());
    }
    if (choice.isEmpty()) {
      throw in.unexpected();
    }
    Expr otherwise = in.accept("ELSE") ? parser.expressions.expression() : null;
    in.expect("END");
    return choice.otherwise(otherwise);
  }

  static String join(List<Expr> list) {
    List<String> parts = new ArrayList<>();
    for (Expr e : list) {
      parts.add(e.sql());
    }
    return String.join(", ", parts);
  }
}
