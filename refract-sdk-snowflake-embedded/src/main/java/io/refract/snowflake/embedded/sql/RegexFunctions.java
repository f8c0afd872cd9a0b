package io.refract.snowflake.embedded.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Regular expressions. Source: "String functions (regular expressions)". */
final class RegexFunctions {

  private RegexFunctions() {}

  /** REGEXP_LIKE matches the whole text. */
  static String like(String text, String pattern, String parameters) {
    return String.valueOf(compile(pattern, parameters).matcher(text).matches());
  }

  /** The operation, then text, pattern, replacement, position, occurrence, parameters, group. */
  static @Nullable String call(String[] a) {
    String text = a[1];
    Pattern pattern = compile(a[2], a[6]);
    int start = Integer.parseInt(a[4]) - 1;
    int occurrence = Integer.parseInt(a[5]);
    if (start < 0 || occurrence < 0) {
      throw SqlError.syntax("Position and occurrence of a regular expression must be positive.");
    }
    if (start > text.length()) {
      return switch (a[0]) {
        case "COUNT", "INSTR" -> "0";
        case "REPLACE" -> text;
        default -> null;
      };
    }
    Matcher matcher = pattern.matcher(text);
    return switch (a[0]) {
      case "COUNT" -> count(matcher, start);
      case "REPLACE" -> replace(matcher, text, a[3], start, occurrence);
      case "SUBSTR" -> {
        if (!find(matcher, start, occurrence)) {
          yield null;
        }
        int group = Integer.parseInt(a[7]);
        if (group < 0) {
          group = a[6].contains("e") ? 1 : 0;
        }
        yield group > matcher.groupCount() ? null : matcher.group(group);
      }
      case "INSTR" -> find(matcher, start, occurrence) ? String.valueOf(matcher.start() + 1) : "0";
      default -> throw SqlError.unsupported("REGEXP_" + a[0]);
    };
  }

  private static boolean find(Matcher matcher, int start, int occurrence) {
    boolean found = matcher.find(start);
    for (int i = 1; found && i < occurrence; i++) {
      found = matcher.find();
    }
    return found;
  }

  private static String count(Matcher matcher, int start) {
    int count = 0;
    for (boolean found = matcher.find(start); found; found = matcher.find()) {
      count++;
    }
    return String.valueOf(count);
  }

  private static String replace(
      Matcher matcher, String text, String replacement, int start, int occurrence) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    int number = 0;
    for (boolean found = matcher.find(start); found; found = matcher.find()) {
      number++;
      if (occurrence == 0 || number == occurrence) {
        out.append(text, from, matcher.start()).append(expand(matcher, replacement));
        from = matcher.end();
      }
    }
    return out.append(text.substring(from)).toString();
  }

  /** Backslash and digit stand for a group. */
  private static String expand(Matcher matcher, String replacement) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c == '\\' && i + 1 < replacement.length()) {
        char next = replacement.charAt(++i);
        if (Character.isDigit(next)) {
          int group = next - '0';
          String text = group <= matcher.groupCount() ? matcher.group(group) : "";
          out.append(text == null ? "" : text);
        } else {
          out.append(next);
        }
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static Pattern compile(String pattern, String parameters) {
    int flags = 0;
    for (int i = 0; i < parameters.length(); i++) {
      char c = parameters.charAt(i);
      switch (c) {
        case 'c' -> flags &= ~Pattern.CASE_INSENSITIVE;
        case 'i' -> flags |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
        case 'm' -> flags |= Pattern.MULTILINE;
        case 's' -> flags |= Pattern.DOTALL;
        case 'e' -> {}
        default -> throw SqlError.syntax("Invalid parameter '" + c + "' of a regular expression");
      }
    }
    try {
      return Pattern.compile(pattern, flags);
    } catch (PatternSyntaxException e) {
      throw SqlError.of("100048", "2201B", "Invalid regular expression: '" + pattern + "'");
    }
  }
}
