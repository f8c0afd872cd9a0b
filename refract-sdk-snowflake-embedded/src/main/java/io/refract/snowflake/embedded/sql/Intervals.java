package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Interval constants. Source: Snowflake documentation, "Interval constants". */
final class Intervals {

  private static final Pattern PART = Pattern.compile("\\s*([+-]?\\d+)\\s*([A-Za-z_]*)\\s*");

  private Intervals() {}

  /** Adds or subtracts the parts of a constant such as {@code 1 year, 3 days}, in their order. */
  static Expr add(Expr left, String operator, String text) {
    String sql = Casts.moment(left);
    boolean clock = false;
    for (String part : parts(text)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches()) {
        throw SqlError.syntax("invalid interval literal '" + text + "'");
      }
      String word = matcher.group(2).isEmpty() ? "second" : matcher.group(2);
      DatePart unit = DatePart.of(word.toUpperCase(Locale.ROOT));
      clock |= unit.isClock();
      sql = "(" + sql + " " + operator + " " + unit.interval(matcher.group(1)) + ")";
    }
    if (clock) {
      return Expr.of(sql, left.kind() == Kind.TIMESTAMP_TZ ? Kind.TIMESTAMP_TZ : Kind.UNKNOWN);
    }
    // A day or more added to a DATE gives a DATE.
    String type = Casts.moment(left);
    Kind kind = left.isText() ? Kind.TIMESTAMP : left.kind();
    return Expr.of("cast_to_type(" + sql + ", " + type + ")", kind);
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      parts.add(part);
    }
    return parts;
  }
}
