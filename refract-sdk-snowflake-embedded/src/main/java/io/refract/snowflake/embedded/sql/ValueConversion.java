package io.refract.snowflake.embedded.sql;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Conversions of single values, given as DuckDB's text and type name, by Snowflake's rules. Source:
 * "Data type conversion", "Conversion functions".
 */
final class ValueConversion {

  private static final Pattern NUMERAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
  private static final int MOST_DIGITS = 38;
  private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "on", "1");
  private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "off", "0");

  private ValueConversion() {}

  static @Nullable String convert(
      String target, String text, String type, String format, String attempt) {
    try {
      return guarded(target, text, type, format);
    } catch (SqlError e) {
      if (attempt.equals("1") && !isStatementsFault(e, type)) {
        return null;
      }
      throw e;
    }
  }

  /** TRY_ forgives a value that does not fit, not a format or a type that can never fit. */
  private static boolean isStatementsFault(SqlError error, String type) {
    // The type of what a VARIANT holds is part of the value.
    return error.sqlState().equals("0A000")
        || (error.sqlState().equals("42P13") && !type.equals("JSON"));
  }

  private static @Nullable String guarded(String target, String text, String type, String format) {
    try {
      return convert(target, text, type, format);
    } catch (ArithmeticException | DateTimeException | NumberFormatException e) {
      // What Java cannot hold, for example the year 50,000,000,000.
      throw switch (target) {
        case "DATE" -> notRecognized("100040", "22007", "Date", text);
        case "TIME" -> notRecognized("100108", "22007", "Time", text);
        case "TIMESTAMP", "TIMESTAMP_TZ" -> notRecognized("100035", "22007", "Timestamp", text);
        default -> notRecognized("100038", "22018", "Numeric value", text);
      };
    }
  }

  private static @Nullable String convert(String target, String text, String type, String format) {
    if (type.equals("JSON") && !target.equals("SORT") && !target.equals("VARIANT")) {
      return fromJson(target, text, format);
    }
    return switch (target) {
      case "TEXT" -> text(text, type);
      case "VARIANT" -> variant(text, type);
      case "OBJECT" -> throw castError(text, "OBJECT");
      case "ARRAY" -> "[" + variant(text, type) + "]";
      case "NUMBER" -> number(text, type, format);
      case "FLOAT" -> real(text, type);
      case "BOOLEAN" -> truth(text, type);
      case "DATE" -> Moments.date(text, type, format);
      case "TIME" -> Moments.time(text, type, format);
      case "TIMESTAMP" -> Moments.timestamp(text, type, format, false);
      case "TIMESTAMP_TZ" -> Moments.timestamp(text, type, format, true);
      case "BINARY" -> binary(text, type);
      case "KEY" -> key(text, type);
      case "SORT" -> JsonText.sortKey(text);
      default -> throw SqlError.unsupported("conversion to " + target);
    };
  }

  private static @Nullable String fromJson(String target, String text, String format) {
    if (target.equals("VARIANT_KEY")) {
      // Between VARIANTs the null of JSON is a value.
      return text.equals("null") ? "j:null" : fromJson("KEY", text, format);
    }
    if (text.equals("null")) {
      return null;
    }
    char first = text.charAt(0);
    boolean composite = first == '{' || first == '[';
    switch (target) {
      case "TEXT" -> {
        return first == '"' ? JsonText.unquote(text) : composite ? text : JsonText.plain(text);
      }
      case "OBJECT" -> {
        if (first != '{') {
          throw castError(text, "OBJECT");
        }
        return text;
      }
      case "ARRAY" -> {
        return first == '[' ? text : "[" + text + "]";
      }
      case "KEY" -> {
        if (composite) {
          return "j:" + text;
        }
      }
      default -> {
        if (composite) {
          throw castError(text, target.equals("NUMBER") ? "FIXED" : target);
        }
      }
    }
    if (first == '"') {
      return convert(target, JsonText.unquote(text), "VARCHAR", format);
    }
    boolean truth = text.equals("true") || text.equals("false");
    return convert(target, JsonText.plain(text), truth ? "BOOLEAN" : "DECIMAL", format);
  }

  private static SqlError castError(String text, String type) {
    return SqlError.of("100071", "22000", "Failed to cast variant value " + text + " to " + type);
  }

  static String text(String text, String type) {
    if (isReal(type)) {
      return real(text);
    }
    return switch (type) {
      case "TIMESTAMP" -> Moments.format(text, "YYYY-MM-DD HH24:MI:SS.FF3");
      case "TIMESTAMP WITH TIME ZONE" -> Moments.format(text, "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM");
      case "TIME" -> LocalTime.parse(text).withNano(0).format(Moments.SECONDS);
      case "BLOB" -> HexFormat.of().withUpperCase().formatHex(bytes(text));
      default -> text;
    };
  }

  private static boolean isReal(String type) {
    return type.equals("DOUBLE") || type.equals("FLOAT");
  }

  private static boolean isNumeric(String type) {
    return isReal(type) || type.startsWith("DECIMAL") || type.contains("INT");
  }

  private static String real(String text) {
    if (text.equals("nan")) {
      return "NaN";
    }
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static String variant(String text, String type) {
    if (type.equals("JSON") || type.equals("BOOLEAN")) {
      return text;
    }
    if (isReal(type)) {
      double value = Double.parseDouble(text.replace("inf", "Infinity").replace("nan", "NaN"));
      return JsonText.real(value);
    }
    if (isNumeric(type)) {
      return JsonText.number(new BigDecimal(text));
    }
    return JsonText.quote(text(text, type));
  }

  static String key(String text, String type) {
    if (type.equals("BOOLEAN")) {
      return "b:" + text;
    }
    if (isNumeric(type) && NUMERAL.matcher(text).matches()) {
      // The exponents of doubles, at most 308, make no long texts.
      return "n:" + new BigDecimal(text).stripTrailingZeros().toPlainString();
    }
    return "s:" + text(text, type);
  }

  private static String number(String text, String type, String format) {
    if (type.equals("BOOLEAN")) {
      return text.equals("true") ? "1" : "0";
    }
    if (!type.equals("VARCHAR") && !isNumeric(type)) {
      throw typeError("TO_NUMBER", type);
    }
    String value = text.strip();
    if (!format.isEmpty()) {
      return NumberFunctions.parse(value, format);
    }
    if (!NUMERAL.matcher(value).matches()) {
      throw notRecognized("100038", "22018", "Numeric value", text);
    }
    return plain(new BigDecimal(value), text);
  }

  /** Writes a number without an exponent; one of a billion digits would not fit into memory. */
  private static String plain(BigDecimal value, String text) {
    long magnitude = (long) value.precision() - value.scale();
    if (value.signum() == 0 || magnitude < -MOST_DIGITS) {
      return "0";
    }
    if (magnitude > MOST_DIGITS) {
      throw notRecognized("100038", "22018", "Numeric value", text);
    }
    return value.toPlainString();
  }

  private static String real(String text, String type) {
    if (type.equals("BOOLEAN")) {
      return text.equals("true") ? "1" : "0";
    }
    String value = text.strip().toLowerCase(Locale.ROOT);
    if (NUMERAL.matcher(value).matches()) {
      return value;
    }
    return switch (value) {
      case "nan" -> "nan";
      case "inf", "infinity" -> "inf";
      case "-inf", "-infinity" -> "-inf";
      default -> throw notRecognized("100038", "22018", "Numeric value", text);
    };
  }

  private static String truth(String text, String type) {
    if (isNumeric(type)) {
      return new BigDecimal(text).signum() == 0 ? "false" : "true";
    }
    String value = text.strip().toLowerCase(Locale.ROOT);
    if (TRUE.contains(value)) {
      return "true";
    }
    if (FALSE.contains(value)) {
      return "false";
    }
    throw notRecognized("100037", "22018", "Boolean value", text);
  }

  /** Hexadecimal text becomes DuckDB's text of a BLOB. */
  private static String binary(String text, String type) {
    if (type.equals("BLOB")) {
      return text;
    }
    String hex = text.strip();
    if (hex.length() % 2 != 0 || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw SqlError.of(
          "100115",
          "22000",
          "The following string is not a legal hex-encoded value: '" + text + "'");
    }
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < hex.length(); i += 2) {
      escaped.append("\\x").append(hex, i, i + 2);
    }
    return escaped.toString();
  }

  /** Reads DuckDB's text of a BLOB: ASCII as it is, other bytes as {@code \xAA}. */
  private static byte[] bytes(String text) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && i + 3 < text.length() + 0 && text.charAt(i + 1) == 'x') {
        hex.append(text, i + 2, i + 4);
        i += 3;
      } else {
        for (byte b : text.substring(i, i + 1).getBytes(StandardCharsets.UTF_8)) {
          hex.append(HexFormat.of().toHexDigits(b));
        }
      }
    }
    return HexFormat.of().parseHex(hex);
  }

  /** TO_CHAR with a format. */
  static String format(String text, String type, String format) {
    if (isNumeric(type)) {
      return NumberFunctions.format(new BigDecimal(text), format);
    }
    return switch (type) {
      case "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME" -> Moments.format(text, format);
      case "BLOB" -> {
        if (format.equalsIgnoreCase("HEX")) {
          yield text(text, type);
        }
        if (format.equalsIgnoreCase("UTF-8") || format.equalsIgnoreCase("UTF8")) {
          yield new String(bytes(text), StandardCharsets.UTF_8);
        }
        throw SqlError.unsupported("binary format " + format);
      }
      default -> throw typeError("TO_CHAR", type);
    };
  }

  static SqlError typeError(String function, String type) {
    return SqlError.invalidArgumentTypes("'" + function + "': (" + type + ")");
  }

  static SqlError notRecognized(String code, String state, String what, String text) {
    return SqlError.of(code, state, what + " '" + text + "' is not recognized");
  }
}
