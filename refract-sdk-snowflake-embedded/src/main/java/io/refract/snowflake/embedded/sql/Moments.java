package io.refract.snowflake.embedded.sql;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates, times and timestamps as text. Source: "Date and time input and output formats"; AUTO reads
 * ISO dates, {@code DD-MON-YYYY} and {@code MM/DD/YYYY}, each with an optional time, and whole
 * numbers as seconds, milliseconds, microseconds or nanoseconds since 1970.
 */
final class Moments {

  static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private static final DateTimeFormatter FULL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private static final String CLOCK =
      "(?:[T ]\\s*(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{0,9}))?)?\\s*"
          + "(Z|[+-]\\d{1,2}(?::?\\d{2})?)?)?";
  private static final Pattern ISO = Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})" + CLOCK);
  private static final Pattern MONTH_NAME =
      Pattern.compile("(\\d{1,2})-([A-Za-z]{3})-(\\d{4})" + CLOCK);
  private static final Pattern SLASHES = Pattern.compile("(\\d{1,2})/(\\d{1,2})/(\\d{4})" + CLOCK);
  private static final Pattern TIME =
      Pattern.compile("(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{0,9}))?)?");

  /** A point in time with an optional offset. */
  record Moment(LocalDateTime local, @Nullable ZoneOffset offset) {}

  private Moments() {}

  static String date(String text, String type, String format) {
    if (type.equals("BOOLEAN") || isNumeric(type)) {
      throw ValueConversion.typeError("TO_DATE", type);
    }
    return moment(text, type, format, "date", "100040", "Date").local().toLocalDate().toString();
  }

  static String timestamp(String text, String type, String format, boolean zoned) {
    if (type.equals("BOOLEAN")) {
      throw ValueConversion.typeError("TO_TIMESTAMP", type);
    }
    Moment moment;
    if (isNumeric(type)) {
      int scale = format.startsWith("scale ") ? Integer.parseInt(format.substring(6)) : 0;
      moment = epoch(new BigDecimal(text).movePointLeft(scale));
    } else {
      String used = format.startsWith("scale ") ? "" : format;
      moment = moment(text, type, used, "timestamp", "100035", "Timestamp");
    }
    String local = FULL.format(moment.local());
    ZoneOffset offset = moment.offset();
    if (zoned && offset != null) {
      return local + (offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId());
    }
    return local;
  }

  static String time(String text, String type, String format) {
    if (type.equals("BOOLEAN") || isNumeric(type)) {
      throw ValueConversion.typeError("TO_TIME", type);
    }
    if (type.startsWith("TIMESTAMP")) {
      return MomentFormat.read(text).local().toLocalTime().toString();
    }
    Matcher matcher = TIME.matcher(text.strip());
    if (format.isEmpty() && matcher.matches()) {
      try {
        return clock(matcher, 0).toString();
      } catch (DateTimeException e) {
        throw ValueConversion.notRecognized("100108", "22007", "Time", text);
      }
    }
    return moment(text, type, format, "time", "100108", "Time").local().toLocalTime().toString();
  }

  private static Moment moment(
      String text, String type, String format, String what, String code, String label) {
    if (!type.equals("VARCHAR")) {
      return MomentFormat.read(text);
    }
    if (!format.isEmpty() && !format.equalsIgnoreCase("AUTO")) {
      Moment parsed = MomentFormat.of(format).parse(text);
      if (parsed == null) {
        throw SqlError.of(
            "100096",
            "22007",
            "Can't parse '" + text + "' as " + what + " with format '" + format + "'");
      }
      return parsed;
    }
    Moment automatic = automatic(text.strip());
    if (automatic == null) {
      throw ValueConversion.notRecognized(code, "22007", label, text);
    }
    return automatic;
  }

  private static @Nullable Moment automatic(String text) {
    try {
      Matcher m = ISO.matcher(text);
      if (m.matches()) {
        return moment(number(m, 1), number(m, 2), number(m, 3), m);
      }
      m = SLASHES.matcher(text);
      if (m.matches()) {
        return moment(number(m, 3), number(m, 1), number(m, 2), m);
      }
      m = MONTH_NAME.matcher(text);
      if (m.matches()) {
        int month = MomentFormat.month(m.group(2));
        return month == 0 ? null : moment(number(m, 3), month, number(m, 1), m);
      }
      if (text.matches("[+-]?\\d{1,19}")) {
        BigDecimal value = new BigDecimal(text);
        int digits = 0;
        if (value.abs().compareTo(new BigDecimal("31536000000")) >= 0) {
          digits = 3;
        }
        if (value.abs().compareTo(new BigDecimal("31536000000000")) >= 0) {
          digits = 6;
        }
        if (value.abs().compareTo(new BigDecimal("31536000000000000")) >= 0) {
          digits = 9;
        }
        return epoch(value.movePointLeft(digits));
      }
      return null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Moment moment(int year, int month, int day, Matcher m) {
    LocalDate date = LocalDate.of(year, month, day);
    if (m.group(4) == null) {
      return new Moment(date.atStartOfDay(), null);
    }
    String zone = m.group(8);
    return new Moment(date.atTime(clock(m, 3)), zone == null ? null : offset(zone));
  }

  private static LocalTime clock(Matcher m, int before) {
    int second = m.group(before + 3) == null ? 0 : number(m, before + 3);
    return LocalTime.of(
        number(m, before + 1), number(m, before + 2), second, nanos(m.group(before + 4)));
  }

  static int nanos(@Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return 0;
    }
    return Integer.parseInt((digits + "000000000").substring(0, 9));
  }

  static ZoneOffset offset(String zone) {
    if (zone.equals("Z")) {
      return ZoneOffset.UTC;
    }
    String digits = zone.substring(1).replace(":", "");
    int hours = Integer.parseInt(digits.substring(0, Math.min(2, digits.length())));
    int minutes = digits.length() > 2 ? Integer.parseInt(digits.substring(2)) : 0;
    int seconds = (hours * 60 + minutes) * 60;
    return ZoneOffset.ofTotalSeconds(zone.charAt(0) == '-' ? -seconds : seconds);
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }

  private static Moment epoch(BigDecimal seconds) {
    long whole = seconds.setScale(0, java.math.RoundingMode.FLOOR).longValueExact();
    long nanos = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
    return new Moment(
        LocalDateTime.ofInstant(Instant.ofEpochSecond(whole, nanos), ZoneOffset.UTC),
        ZoneOffset.UTC);
  }

  private static boolean isNumeric(String type) {
    return type.startsWith("DECIMAL") || type.contains("INT") || type.equals("DOUBLE");
  }

  /** Formats DuckDB's text of a date, time or timestamp. */
  static String format(String text, String format) {
    return MomentFormat.of(format).format(MomentFormat.read(text));
  }
}
