package io.refract.snowflake.embedded.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LexerTest {

  @Test
  void comments_of_all_three_kinds_vanish() {
    assertThat(texts("a -- b\n// c 'd\n/* e ; \" */ f")).containsExactly("a", "f");
  }

  @Test
  void a_quote_is_doubled_or_escaped_inside_a_string() {
    assertThat(values("'it''s' 'it\\'s' '\\\\' '\\n\\t' '\\x41\\u00e9' '\\%' '\\101'"))
        .containsExactly("it's", "it's", "\\", "\n\t", "Aé", "%", "A");
  }

  @Test
  void comment_marks_inside_literals_are_text() {
    assertThat(values("'--a' \"//b\" $$/* c */ 'd' -- e$$"))
        .containsExactly("--a", "//b", "/* c */ 'd' -- e");
  }

  @Test
  void unquoted_words_are_upper_case_and_quoted_ones_verbatim() {
    assertThat(values("myTable \"my\"\"Table\" _a$1"))
        .containsExactly("MYTABLE", "my\"Table", "_A$1");
  }

  @Test
  void positions_variables_and_binds_are_different_tokens() {
    assertThat(kinds("$1 $name ? :name"))
        .containsExactly(
            Token.Kind.POSITION,
            Token.Kind.VARIABLE,
            Token.Kind.OPERATOR,
            Token.Kind.OPERATOR,
            Token.Kind.WORD);
  }

  @Test
  void a_stage_path_ends_at_blank_comma_and_parenthesis_outside_quotes() {
    assertThat(texts("@~/a.csv @\"My Stage\"/b,@db.s.%t/c) '@q r'"))
        .containsExactly("@~/a.csv", "@\"My Stage\"/b", ",", "@db.s.%t/c", ")", "'@q r'");
  }

  @Test
  void a_file_address_is_no_comment() {
    assertThat(texts("put file:///tmp/a*.csv @s"))
        .containsExactly("put", "file:///tmp/a*.csv", "@s");
  }

  @Test
  void long_operators_win() {
    assertThat(texts("a::int=>b||c->d<>e!=f<=g:=h"))
        .containsExactly(
            "a", "::", "int", "=>", "b", "||", "c", "->", "d", "<>", "e", "!=", "f", "<=", "g",
            ":=", "h");
  }

  @Test
  void numbers_have_fractions_and_exponents() {
    assertThat(texts("1 1.5 .5 1. 1e3 1.5E-3 t.c v[0]"))
        .containsExactly(
            "1", "1.5", ".5", "1.", "1e3", "1.5E-3", "t", ".", "c", "v", "[", "0", "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'a", "\"a", "$$a", "/* a", "a # b", "12ab", "`a`"})
  void what_does_not_end_or_exist_is_a_syntax_error(String sql) {
    assertThatThrownBy(() -> Lexer.tokens(sql))
        .isInstanceOfSatisfying(
            SqlError.class,
            e -> {
              assertThat(e.code()).isEqualTo("001003");
              assertThat(e.sqlState()).isEqualTo("42000");
            });
  }

  @Test
  void statements_are_cut_at_semicolons_outside_literals() {
    List<Statement> statements =
        Statement.split("select ';'; ;insert into t values ($$;$$) -- ;\n; use schema s;");
    assertThat(statements)
        .containsExactly(
            new Statement("select ';'", StatementKind.QUERY),
            new Statement("insert into t values ($$;$$)", StatementKind.INSERT),
            new Statement("use schema s", StatementKind.USE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(select 1) | QUERY",
        "with a as (select 1) select * from a | QUERY",
        "alter session set x=1 | ALTER_SESSION",
        "alter table t add column c int | ALTER",
        "ls @s | LIST",
        "rm @s | REMOVE",
        "begin transaction | TRANSACTION",
        "desc table t | DESCRIBE",
        "nonsense | OTHER"
      })
  void the_first_words_tell_the_kind(String sql, StatementKind kind) {
    assertThat(Statement.of(sql).kind()).isEqualTo(kind);
  }

  private static List<Token> read(String sql) {
    List<Token> tokens = Lexer.tokens(sql);
    return tokens.subList(0, tokens.size() - 1);
  }

  private static List<String> texts(String sql) {
    return read(sql).stream().map(Token::text).collect(Collectors.toList());
  }

  private static List<String> values(String sql) {
    return read(sql).stream().map(Token::value).collect(Collectors.toList());
  }

  private static List<Token.Kind> kinds(String sql) {
    return read(sql).stream().map(Token::kind).collect(Collectors.toList());
  }
}
