package io.refract.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SET PASSWORD = 'hunter2' COMMENT='kept' | SET PASSWORD = '***' COMMENT='kept'",
        "SET rsa_token='it''s' | SET rsa_token='***'",
        "SET PASSWORD = 'a\\'b' COMMENT='kept' | SET PASSWORD = '***' COMMENT='kept'",
        "SET PASSWORD = 'ends in a backslash\\' | SET PASSWORD = '***'",
        "CREATE ROLE ana PASSWORD 'hunter2' LOGIN | CREATE ROLE ana PASSWORD '***' LOGIN",
        "CREATE USER ana IDENTIFIED BY 'hunter2' | CREATE USER ana IDENTIFIED BY '***'",
        "SECRET_STRING = $$hunter2$$ COMMENT='kept' | SECRET_STRING = '***' COMMENT='kept'",
        "(AWS_KEY_ID='a' AWS_SECRET_KEY='b') | (AWS_KEY_ID='***' AWS_SECRET_KEY='***')",
        "ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 'b' SESSION_TOKEN 'c' CSV"
            + " | ACCESS_KEY_ID '***' SECRET_ACCESS_KEY '***' SESSION_TOKEN '***' CSV",
        "f(token => 'a') | f(token => '***')",
        "jdbc:x://h/?user=ana&password=a&db=d | jdbc:x://h/?user=ana&password='***'&db=d",
      })
  void values_of_secret_names_are_masked(String text, String masked) {
    assertThat(Secrets.masked(text)).isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT token FROM t WHERE name = 'ana'",
        "syntax error: unexpected token 'FROM'",
        "SELECT 'a' AS password, 'b'",
      })
  void other_texts_stay(String text) {
    assertThat(Secrets.masked(text)).isEqualTo(text);
  }

  @Test
  void a_long_secret_is_masked_too() {
    assertThat(Secrets.masked("PASSWORD = '" + "x'' ".repeat(100_000) + "'"))
        .isEqualTo("PASSWORD = '***'");
  }

  @Test
  void a_secret_is_found_in_a_cause() {
    RuntimeException cause = new IllegalStateException("refused: PASSWORD = 'hunter2'");

    assertThat(Secrets.standIn(new IllegalStateException("refused", cause))).isTrue();
    assertThat(Secrets.standIn(new IllegalStateException((String) null))).isFalse();
  }
}
