package io.refract.snowflake.embedded.sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;

/** Quotients, truncation and number formats. */
final class NumberFunctions {

  private NumberFunctions() {}

  /**
   * Divides; an exact quotient unless one of the types is a double. In place of the types may stand
   * {@code SCALE} and the scale of the result.
   */
  static String divide(String left, String right, String leftType, String rightType) {
    if (leftType.equals("DOUBLE") || rightType.equals("DOUBLE")) {
      double divisor = real(right);
      if (divisor == 0) {
        throw zero();
      }
      return Double.toString(real(left) / divisor).replace("Infinity", "inf").replace("NaN", "nan");
    }
    int scale;
    if (leftType.equals("SCALE")) {
      scale = Integer.parseInt(rightType);
    } else {
      int own = scale(leftType);
      if (own > 6) {
        throw SqlError.unsupported(
            "division of a NUMBER of scale " + own + "; cast it to a scale of at most 6");
      }
      scale = own + 6;
    }
    BigDecimal divisor = new BigDecimal(right);
    if (divisor.signum() == 0) {
      throw zero();
    }
    return new BigDecimal(left).divide(divisor, scale, RoundingMode.HALF_UP).toPlainString();
  }

  private static int scale(String type) {
    int comma = type.indexOf(',');
    return comma < 0 ? 0 : Integer.parseInt(type.substring(comma + 1, type.length() - 1).strip());
  }

  private static double real(String text) {
    return switch (text) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  private static SqlError zero() {
    return SqlError.of("100051", "22012", "Division by zero");
  }

  static String truncate(String number, String digits) {
    if (number.endsWith("inf") || number.equals("nan")) {
      return number;
    }
    BigDecimal value = new BigDecimal(number);
    // Beyond its own digits a number does not change, however many are asked for.
    BigInteger most = BigInteger.valueOf(value.scale());
    BigInteger least = BigInteger.valueOf((long) value.scale() - value.precision());
    int scale = new BigInteger(digits).min(most).max(least).intValueExact();
    return value.setScale(scale, RoundingMode.DOWN).toPlainString();
  }

  /**
   * TO_NUMBER with a format of digits, group marks, a point, a dollar sign or X for hexadecimal.
   */
  static String parse(String text, String format) {
    String upper = format.toUpperCase(Locale.ROOT);
    if (upper.matches("X+")) {
      if (!text.matches("[0-9A-Fa-f]+") || text.length() > upper.length()) {
        throw cannotParse(text, format);
      }
      return new BigInteger(text, 16).toString();
    }
    if (!upper.matches("(FM)?[SM]?I?\\$?[09,]*\\.?[09]*(MI|S)?")) {
      throw SqlError.unsupported("number format " + format);
    }
    String plain = text;
    if (upper.contains("$")) {
      plain = plain.replaceFirst("\\$", "");
    }
    if (upper.contains(",")) {
      plain = plain.replace(",", "");
    }
    if (plain.endsWith("-") && (upper.endsWith("MI") || upper.endsWith("S"))) {
      plain = "-" + plain.substring(0, plain.length() - 1);
    }
    int point = upper.indexOf('.');
    int fraction = plain.indexOf('.');
    int allowed =
        point < 0
            ? 0
            : (int) upper.substring(point).chars().filter(NumberFunctions::isDigit).count();
    if (!plain.matches("[+-]?\\d*\\.?\\d*")
        || !plain.matches(".*\\d.*")
        || (fraction >= 0 && plain.length() - fraction - 1 > allowed)
        || digits(plain) > digits(upper)) {
      throw cannotParse(text, format);
    }
    return new BigDecimal(plain).toPlainString();
  }

  private static long digits(String text) {
    int end = text.indexOf('.');
    return (end < 0 ? text : text.substring(0, end)).chars().filter(Character::isDigit).count();
  }

  private static boolean isDigit(int c) {
    return c == '0' || c == '9';
  }

  private static SqlError cannotParse(String text, String format) {
    return SqlError.of(
        "100140", "22007", "Can't parse '" + text + "' as number with format '" + format + "'");
  }

  /** TO_CHAR of a number with a fixed-position format. */
  static String format(BigDecimal value, String format) {
    String upper = format.toUpperCase(Locale.ROOT);
    boolean fill = upper.startsWith("FM");
    String body = fill ? upper.substring(2) : upper;
    boolean dollar = body.startsWith("$");
    body = dollar ? body.substring(1) : body;
    if (!body.matches("[09,]*(\\.[09]*)?") || body.isEmpty()) {
      throw SqlError.unsupported("number format " + format);
    }
    int point = body.indexOf('.');
    String whole = point < 0 ? body : body.substring(0, point);
    int decimals = point < 0 ? 0 : body.length() - point - 1;
    BigDecimal rounded = value.setScale(decimals, RoundingMode.HALF_UP).abs();
    String plain = rounded.toPlainString();
    String digits = decimals == 0 ? plain : plain.substring(0, plain.indexOf('.'));
    String fraction = decimals == 0 ? "" : plain.substring(plain.indexOf('.') + 1);
    int places = (int) whole.chars().filter(NumberFunctions::isDigit).count();
    boolean overflow = digits.length() > places && !(places == 0 && digits.equals("0"));
    String integer = overflow ? whole.replaceAll("[09]", "#") : group(whole, digits);
    if (overflow) {
      fraction = "#".repeat(decimals);
    }
    String sign = value.signum() < 0 && rounded.signum() != 0 ? "-" : "";
    String text = sign + (dollar ? "$" : "") + integer + (point < 0 ? "" : "." + fraction);
    if (fill) {
      return text;
    }
    int width = 1 + (dollar ? 1 : 0) + body.length();
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String group(String pattern, String digits) {
    StringBuilder out = new StringBuilder();
    int next = digits.length() - 1;
    int firstZero = pattern.indexOf('0');
    for (int i = pattern.length() - 1; i >= 0; i--) {
      char c = pattern.charAt(i);
      boolean zeros = firstZero >= 0 && i >= firstZero;
      if (c == ',') {
        if (next >= 0 || zeros) {
          out.append(',');
        }
      } else if (next >= 0) {
        out.append(digits.charAt(next--));
      } else if (zeros) {
        out.append('0');
      }
    }
    return out.reverse().toString();
  }
}
