package io.refract.snowflake.embedded.sql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Text functions that DuckDB does otherwise. Source: "String &amp; binary functions". */
final class TextFunctions {

  /** What ends a word for INITCAP by default. */
  private static final String DELIMITERS = " \t\r\n\f\u000b!?@\"^#$&~_,.:;+-*%/|\\[](){}<>";

  private TextFunctions() {}

  /** The delimiters are empty for the default ones, else a "d" and the characters. */
  static String initcap(String text, String delimiters) {
    String marks = delimiters.isEmpty() ? DELIMITERS : delimiters.substring(1);
    StringBuilder out = new StringBuilder();
    boolean start = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(start ? Character.toUpperCase(c) : Character.toLowerCase(c));
      start = marks.indexOf(c) >= 0;
    }
    return out.toString();
  }

  static List<String> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    if (separator.isEmpty()) {
      parts.add(text);
      return parts;
    }
    int from = 0;
    while (true) {
      int at = text.indexOf(separator, from);
      if (at < 0) {
        parts.add(text.substring(from));
        return parts;
      }
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
  }

  /** Part 0 is part 1; a negative part counts from the end; a part that is not there is empty. */
  static String splitPart(String text, String separator, String part) {
    long number = Long.parseLong(part);
    List<String> parts = split(text, separator);
    long index = number == 0 ? 0 : number > 0 ? number - 1 : parts.size() + number;
    return index < 0 || index >= parts.size() ? "" : parts.get((int) index);
  }

  static List<String> tokens(String text, String delimiters) {
    List<String> tokens = new ArrayList<>();
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (delimiters.indexOf(text.charAt(i)) < 0) {
        token.append(text.charAt(i));
      } else if (token.length() > 0) {
        tokens.add(token.toString());
        token.setLength(0);
      }
    }
    if (token.length() > 0) {
      tokens.add(token.toString());
    }
    return tokens;
  }

  static @org.jspecify.annotations.Nullable String strtok(
      String text, String delimiters, String part) {
    long number = Long.parseLong(part);
    List<String> tokens = tokens(text, delimiters);
    return number < 1 || number > tokens.size() ? null : tokens.get((int) number - 1);
  }

  static String sha2(String text, String bits) {
    String algorithm =
        switch (bits) {
          case "0", "256" -> "SHA-256";
          case "224" -> "SHA-224";
          case "384" -> "SHA-384";
          case "512" -> "SHA-512";
          default -> throw SqlError.syntax("Invalid digest size " + bits + " for SHA2");
        };
    try {
      byte[] digest =
          MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows of SPLIT_TO_TABLE or STRTOK_SPLIT_TO_TABLE as a JSON array. */
  static String splitRows(String text, String separator, String mode) {
    List<String> parts = mode.equals("SPLIT") ? split(text, separator) : tokens(text, separator);
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < parts.size(); i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"INDEX\":")
          .append(i + 1)
          .append(",\"VALUE\":")
          .append(JsonText.quote(parts.get(i)))
          .append('}');
    }
    return json.append(']').toString();
  }
}
