package io.refract.snowflake.embedded.sql;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run over the tokens of one statement: it reads Snowflake's grammar by recursive descent and
 * writes DuckDB's text as it goes. What the grammar does not hold is a syntax error or a refusal;
 * no token passes unread.
 */
final class Parser {

  /** Words that never are an alias without AS. Source: "Reserved &amp; limited keywords". */
  private static final Set<String> RESERVED =
      Set.of(
          ("ALL AND ANY AS ASOF AT BEFORE BETWEEN BY CASE CAST CHANGES CHECK CONNECT CREATE CROSS"
                  + " CURRENT DELETE DISTINCT DROP ELSE END EXCEPT EXISTS FALSE FETCH FOLLOWING FOR"
                  + " FROM FULL GRANT GROUP HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS"
                  + " JOIN LATERAL LEFT LIKE LIMIT MATCH_CONDITION MATCH_RECOGNIZE MINUS NATURAL NOT"
                  + " NULL OF OFFSET ON OR ORDER PIVOT QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS"
                  + " SAMPLE SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST"
                  + " UNION UNIQUE UNPIVOT UPDATE USING VALUES WHEN WHENEVER WHERE WINDOW WITH")
              .split(" "));

  final TokenStream in;
  final SqlContext context;
  final Expressions expressions;
  final Primaries primaries;
  final Calls calls;
  final Queries queries;
  final Tables tables;

  /** The columns of the common table expressions in sight. */
  final Map<String, Map<String, Kind>> commonTables = new HashMap<>();

  private final Set<String> openCommonTables = new HashSet<>();
  private @Nullable Scope scope;
  private final Map<Integer, Integer> questionMarks = new HashMap<>();
  private boolean qualified;
  private int binds;

  Parser(TokenStream in, SqlContext context) {
    this.in = in;
    this.context = context;
    this.expressions = new Expressions(this);
    this.primaries = new Primaries(this);
    this.calls = new Calls(this);
    this.queries = new Queries(this);
    this.tables = new Tables(this);
  }

  int binds() {
    return binds;
  }

  /** The DuckDB parameter for a {@code ?}; numbered by its place in the source. */
  String bindAt(Token token) {
    if (questionMarks.isEmpty()) {
      for (Token each : Lexer.tokens(in.source())) {
        if (each.isOperator("?")) {
          questionMarks.put(each.start(), questionMarks.size() + 1);
        }
      }
    }
    return bind(questionMarks.getOrDefault(token.start(), 1));
  }

  String bind(int number) {
    binds = Math.max(binds, number);
    return "$" + number;
  }

  /** From here on table names get their database and schema. */
  void qualify() {
    qualified = true;
  }

  boolean isQualifying() {
    return qualified;
  }

  Scope scope() {
    if (scope == null) {
      scope = new Scope(null);
    }
    return scope;
  }

  @Nullable Scope enter(@Nullable Scope inner) {
    Scope outer = scope;
    scope = inner;
    return outer;
  }

  void defineCommonTable(String name, @Nullable Map<String, Kind> columns) {
    openCommonTables.add(name);
    if (columns == null) {
      commonTables.remove(name);
    } else {
      commonTables.put(name, columns);
    }
  }

  boolean isCommonTable(String name) {
    return openCommonTables.contains(name);
  }

  /** The common tables in sight, to be restored behind the query that adds to them. */
  record CommonTables(Set<String> names, Map<String, Map<String, Kind>> columns) {}

  CommonTables commonTablesInSight() {
    return new CommonTables(Set.copyOf(openCommonTables), Map.copyOf(commonTables));
  }

  void restore(CommonTables inSight) {
    openCommonTables.clear();
    openCommonTables.addAll(inSight.names());
    commonTables.clear();
    commonTables.putAll(inSight.columns());
  }

  /** Tells whether the current token can be an alias without AS. */
  boolean atAlias() {
    Token token = in.peek();
    return token.kind() == Token.Kind.QUOTED
        || (token.kind() == Token.Kind.WORD && !RESERVED.contains(token.value()));
  }

  /** Refuses a construct when its keywords follow. */
  void refuse(String feature, String... keywords) {
    if (in.at(keywords)) {
      throw SqlError.unsupported(feature);
    }
  }

  static boolean isReserved(String word) {
    return RESERVED.contains(word);
  }
}
