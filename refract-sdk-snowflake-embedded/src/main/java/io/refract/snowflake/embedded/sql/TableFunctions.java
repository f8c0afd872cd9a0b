package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** GENERATOR, FLATTEN, SPLIT_TO_TABLE and the table functions of the engine. */
final class TableFunctions {

  /** The column of a GENERATOR that SEQ4 and its kin read. */
  static final String SEQUENCE = "__SEQ";

  static final Set<String> NAMES =
      Set.of("GENERATOR", "FLATTEN", "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE");

  private static final String FLATTENED =
      "[{\"KEY\":\"VARCHAR\",\"PATH\":\"VARCHAR\",\"INDEX\":\"BIGINT\",\"VALUE\":\"JSON\","
          + "\"THIS\":\"JSON\"}]";

  private final Parser parser;
  private final TokenStream in;

  TableFunctions(Parser parser) {
    this.parser = parser;
    this.in = parser.in;
  }

  /** Reads a call with its alias; a closing parenthesis of TABLE( too. */
  String call() {
    boolean wrapped = in.mark() > 0 && in.peek(-1).isOperator("(") && in.peek(-2).isWord("TABLE");
    QualifiedName name = in.qualifiedName();
    in.expectOperator("(");
    Map<String, Expr> named = new LinkedHashMap<>();
    List<Expr> arguments = new ArrayList<>();
    if (!in.atOperator(")")) {
      do {
        if (in.peek().isName() && in.peek(1).isOperator("=>")) {
          String argument = in.identifier().name();
          in.next();
          named.put(argument, parser.expressions.expression());
        } else {
          arguments.add(parser.expressions.expression());
        }
      } while (in.acceptOperator(","));
    }
    in.expectOperator(")");
    if (wrapped) {
      in.expectOperator(")");
    }
    parser.refuse("OVER of a table function", "OVER");
    String function = name.isQualified() ? "" : name.name().name();
    return switch (function) {
      case "GENERATOR" -> generator(named);
      case "FLATTEN" -> flatten(named, arguments);
      case "SPLIT_TO_TABLE" -> split(arguments, "SPLIT");
      case "STRTOK_SPLIT_TO_TABLE" -> split(arguments, "STRTOK");
      default -> engine(name, named, arguments);
    };
  }

  private String generator(Map<String, Expr> named) {
    Expr rows = named.get("ROWCOUNT");
    if (rows == null || named.size() > 1 || !rows.isIntegerLiteral()) {
      throw SqlError.unsupported("GENERATOR without a constant ROWCOUNT alone");
    }
    String sql = "(SELECT range AS \"" + SEQUENCE + "\" FROM range(" + rows.sql() + "))";
    return parser.tables.aliased(sql, "GENERATOR", Map.of(SEQUENCE, Kind.NUMBER), List.of());
  }

  private String flatten(Map<String, Expr> named, List<Expr> arguments) {
    Expr input = argument(named, arguments, "INPUT");
    if (input == null) {
      throw SqlError.argumentCount("FLATTEN", "INPUT", 0);
    }
    boolean correlated = !parser.scope().sources().isEmpty();
    String json =
        input.isVariant() || input.kind() == Kind.UNKNOWN ? input.sql() : Casts.variant(input);
    String list =
        "__sf_flatten(CAST("
            + json
            + " AS VARCHAR), "
            + text(named.get("PATH"), "")
            + ", '"
            + flag(named.get("OUTER"))
            + "', '"
            + flag(named.get("RECURSIVE"))
            + "', "
            + text(named.get("MODE"), "BOTH")
            + ")";
    Map<String, Kind> columns = new LinkedHashMap<>();
    // SEQ must differ from input row to input row; over a single constant input it is 1.
    if (!correlated) {
      columns.put("SEQ", Kind.NUMBER);
    }
    columns.put("KEY", Kind.TEXT);
    columns.put("PATH", Kind.TEXT);
    columns.put("INDEX", Kind.NUMBER);
    columns.put("VALUE", Kind.VARIANT);
    columns.put("THIS", Kind.VARIANT);
    return lateral(list, FLATTENED, columns, correlated, "FLATTEN");
  }

  private String split(List<Expr> arguments, String mode) {
    int least = mode.equals("SPLIT") ? 2 : 1;
    if (arguments.size() < least || arguments.size() > 2) {
      throw SqlError.argumentCount(mode + "_TO_TABLE", "2", arguments.size());
    }
    boolean correlated = !parser.scope().sources().isEmpty();
    String delimiter = arguments.size() == 2 ? Casts.text(arguments.get(1)) : "' '";
    String list =
        "__sf_split_rows(" + Casts.text(arguments.get(0)) + ", " + delimiter + ", '" + mode + "')";
    Map<String, Kind> columns = new LinkedHashMap<>();
    if (!correlated) {
      columns.put("SEQ", Kind.NUMBER);
    }
    columns.put("INDEX", Kind.NUMBER);
    columns.put("VALUE", Kind.TEXT);
    return lateral(
        list, "[{\"INDEX\":\"BIGINT\",\"VALUE\":\"VARCHAR\"}]", columns, correlated, mode);
  }

  private String lateral(
      String list, String shape, Map<String, Kind> columns, boolean correlated, String name) {
    String sql =
        (correlated ? "LATERAL " : "")
            + "(SELECT "
            + (correlated ? "" : "1 AS \"SEQ\", ")
            + "unnest(from_json("
            + list
            + ", '"
            + shape
            + "'), recursive := true))";
    return parser.tables.aliased(sql, name, columns, List.of());
  }

  private String engine(QualifiedName name, Map<String, Expr> named, List<Expr> arguments) {
    if (!named.isEmpty()) {
      throw SqlError.unsupported("table function " + name.sql() + " with named arguments");
    }
    List<String> translated = new ArrayList<>();
    for (Expr argument : arguments) {
      translated.add(argument.sql());
    }
    String sql =
        parser
            .tables
            .engineFunction(name, translated)
            .orElseThrow(
                () ->
                    SqlError.of(
                        "002141",
                        "42601",
                        "SQL compilation error:\nUnknown user-defined table function "
                            + name.sql()));
    return parser.tables.aliased(sql, name.name().name(), null, List.of());
  }

  private static @Nullable Expr argument(
      Map<String, Expr> named, List<Expr> arguments, String name) {
    Expr found = named.get(name);
    return found == null && !arguments.isEmpty() ? arguments.get(0) : found;
  }

  private static String text(@Nullable Expr e, String otherwise) {
    return e == null ? Expr.quote(otherwise) : Casts.text(e);
  }

  private static String flag(@Nullable Expr e) {
    if (e == null) {
      return "0";
    }
    return switch (e.sql()) {
      case "TRUE" -> "1";
      case "FALSE" -> "0";
      default -> throw SqlError.unsupported("FLATTEN with a flag that is no constant");
    };
  }
}
