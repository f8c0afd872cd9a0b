package io.refract.internal;

import static com.google.common.base.Strings.nullToEmpty;

import com.google.common.base.Throwables;
import java.util.regex.Pattern;

/** Passwords, tokens and keys in statements, addresses and messages. */
public final class Secrets {

  private static final String SECRET =
      "(?:password|passwd|pwd|passphrase|secret|token|private_key|key_id|master_key)";

  /**
   * {@code PASSWORD = 'x'} and {@code PASSWORD 'x'} in statements, {@code password=x} in addresses.
   * A blank is enough, but not behind "token", as parsers say "unexpected token 'x'". A backslash
   * escapes the quote in some databases and not in others, therefore both are tried. Possessive,
   * because a long secret would exhaust the stack otherwise.
   */
  private static final Pattern NAMED_VALUE =
      Pattern.compile(
          "(?i)\\b(\\w*"
              + SECRET
              + "\\w*\\s*(?:=>?|:)\\s*|\\w*"
              + SECRET.replace("|token", "|_token")
              + "\\w*\\s+|\\bidentified\\s+by\\s+)"
              + "(?:'(?:[^'\\\\]++|''|\\\\.)*+'|'(?:[^']++|'')*+'|\\$\\$.*?\\$\\$"
              + "|(?<==)[^\\s&;,')]++)",
          Pattern.DOTALL);

  private Secrets() {}

  /** Returns a text with stars in place of the secrets. */
  public static String masked(String text) {
    return NAMED_VALUE.matcher(text).replaceAll("$1'***'");
  }

  /** Returns whether a secret stands in a message of a failure or of what caused it. */
  public static boolean standIn(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .map(cause -> nullToEmpty(cause.getMessage()))
        .anyMatch(message -> !masked(message).equals(message));
  }
}
