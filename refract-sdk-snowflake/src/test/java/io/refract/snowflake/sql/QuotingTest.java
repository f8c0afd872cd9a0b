package io.refract.snowflake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotingTest {

  private static final long SEED = 20261121;
  private static final String ALPHABET = "aZ_09$ .\"'\\;-/*?()@%\u00e9\u4e16\ud83d\ude00";

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "news, NEWS",
        "ml.public.summarize, ML.PUBLIC.SUMMARIZE",
        "\"news\", \"news\"",
        "\"NEWS\", NEWS",
        "ml.\"My Schema\".t$1, ML.\"My Schema\".T$1",
        "\"a.b\".c, \"a.b\".C",
        "\"say \"\"hi\"\"\", \"say \"\"hi\"\"\"",
        "select, \"SELECT\"",
        "table.order, \"TABLE\".\"ORDER\""
      })
  void names_are_read_as_snowflake_reads_them(String text, String sql) {
    assertThat(ObjectName.parse(text).sql()).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.",
        ".a",
        "a..b",
        "a.b.c.d",
        "a-b",
        "1a",
        "a b",
        "\"a",
        "\"a\"b",
        "\"\"",
        "a; DROP TABLE t",
        "a\"b",
        "\u00e9t\u00e9"
      })
  void what_is_no_name_is_refused(String text) {
    assertThatThrownBy(() -> ObjectName.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_identifier_is_read_back_unchanged_whatever_it_contains() {
    Random random = new Random(SEED);
    for (int i = 0; i < 5000; i++) {
      Identifier identifier = new Identifier(randomText(random));
      assertThat(Identifier.parse(identifier.sql()))
          .as("seed %s, round %s", SEED, i)
          .isEqualTo(identifier);
      ObjectName name = new ObjectName(List.of(identifier, new Identifier(randomText(random))));
      assertThat(ObjectName.parse(name.sql())).isEqualTo(name);
    }
  }

  @Test
  void a_literal_is_read_back_unchanged_whatever_it_contains() {
    Random random = new Random(SEED);
    for (int i = 0; i < 5000; i++) {
      String text = randomText(random) + (char) random.nextInt(40) + randomText(random);
      String literal = Literal.of(text);
      assertThat(read(literal)).as("seed %s, round %s: %s", SEED, i, literal).isEqualTo(text);
      assertThat(literal.chars()).noneMatch(Character::isISOControl);
    }
  }

  @Test
  void quotes_backslashes_and_controls_are_escaped() {
    assertThat(Literal.of("it's \\ a\nb\tc\0d\re")).isEqualTo("'it''s \\\\ a\\nb\\tc\\u0000d\\re'");
    assertThat(Literal.list(List.of("a", "b'c"))).isEqualTo("('a', 'b''c')");
  }

  @Test
  void a_body_stays_readable_between_dollars_and_is_escaped_when_it_has_them_itself() {
    assertThat(Literal.body("a = 'x'\n")).isEqualTo("$$a = 'x'\n$$");
    assertThat(Literal.body("cost = '$$'\n")).isEqualTo("'cost = ''$$''\\n'");
    assertThat(Literal.body("a$")).isEqualTo("'a$'");
    assertThatThrownBy(() -> Literal.body("\0")).hasMessageContaining("NUL");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "@t5_p_model, @T5_P_MODEL",
        "@ml.public.t5/news/1-ab/config.json, @ML.PUBLIC.T5/news/1-ab/config.json",
        "@t5/a b.txt, '@T5/a b.txt'",
        "@t5/it's.txt, '@T5/it''s.txt'",
        "@\"my stage\"/x, '@\"my stage\"/x'",
        "@\"a/b\"/x, '@\"a/b\"/x'",
        "@s/d/, @S/d/",
        "@s/x;y, '@S/x;y'",
        "@s/a--b/x, '@S/a--b/x'"
      })
  void stage_locations_are_quoted_when_needed(String text, String sql) {
    assertThat(StageLocation.parse(text).sql()).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s/x", "@~/x", "@%t/x", "@s/../x", "@s/a//b", "@s/./b", "@", "@s/a\nb"})
  void a_location_that_could_mean_something_else_is_refused(String text) {
    assertThatThrownBy(() -> StageLocation.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_bare_name_moves_into_the_schema_of_another() {
    ObjectName function = ObjectName.parse("ml.public.f");

    assertThat(ObjectName.parse("s").besides(function).sql()).isEqualTo("ML.PUBLIC.S");
    assertThat(ObjectName.parse("other.s").besides(function).sql()).isEqualTo("ML.OTHER.S");
    assertThat(ObjectName.parse("a.b.s").besides(function).sql()).isEqualTo("A.B.S");
    assertThat(ObjectName.parse("s").besides(ObjectName.parse("f")).sql()).isEqualTo("S");
  }

  private static String randomText(Random random) {
    int[] letters = ALPHABET.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }

  /** Reads a constant by the rules of Snowflake's documentation, written down independently. */
  private static String read(String literal) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < literal.length() - 1; i++) {
      char c = literal.charAt(i);
      if (c == '\'') {
        assertThat(literal.charAt(++i)).isEqualTo('\'');
        text.append('\'');
      } else if (c == '\\') {
        char escape = literal.charAt(++i);
        switch (escape) {
          case 'n' -> text.append('\n');
          case 'r' -> text.append('\r');
          case 't' -> text.append('\t');
          case 'u' -> {
            text.append((char) Integer.parseInt(literal.substring(i + 1, i + 5), 16));
            i += 4;
          }
          default -> text.append(escape);
        }
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
