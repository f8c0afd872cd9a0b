package io.refract.snowflake.embedded.sql;

import io.refract.snowflake.embedded.sql.Moments.Moment;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A format such as {@code YYYY-MM-DD HH24:MI:SS.FF3}. Source: "Date and time formats". */
final class MomentFormat {

  /** Longer elements before their beginnings. */
  private static final String[] ELEMENTS = {
    "YYYY", "YY", "MMMM", "MON", "MM", "DD", "DY", "HH24", "HH12", "HH", "AM", "PM", "MI", "SS",
    "FF0", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "FF7", "FF8", "FF9", "FF", "TZH", "TZM", "TZD",
    "UUUU"
  };

  private static final String[] MONTHS = {
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER"
  };

  /** An element, or a literal when {@code literal}. */
  private record Part(String text, boolean literal) {}

  private final List<Part> parts = new ArrayList<>();

  private MomentFormat() {}

  static MomentFormat of(String format) {
    MomentFormat result = new MomentFormat();
    String upper = format.toUpperCase(Locale.ROOT);
    int at = 0;
    while (at < format.length()) {
      if (format.charAt(at) == '"') {
        int end = format.indexOf('"', at + 1);
        end = end < 0 ? format.length() : end;
        result.parts.add(new Part(format.substring(at + 1, end), true));
        at = Math.min(format.length(), end + 1);
        continue;
      }
      String found = null;
      for (String element : ELEMENTS) {
        if (upper.startsWith(element, at)) {
          found = element;
          break;
        }
      }
      if (found == null) {
        char c = format.charAt(at);
        if (Character.isLetter(c) && c != 'T' && c != 't' && c != 'Z' && c != 'z') {
          throw SqlError.unsupported("date format element in '" + format + "'");
        }
        result.parts.add(new Part(String.valueOf(c), true));
        at++;
      } else {
        if (found.equals("TZD") || found.equals("UUUU")) {
          throw SqlError.unsupported("date format element " + found);
        }
        result.parts.add(new Part(found, false));
        at += found.length();
      }
    }
    return result;
  }

  /** Reads DuckDB's text of a date, time or timestamp. */
  static Moment read(String text) {
    if (text.indexOf('-', 1) < 0) {
      return new Moment(LocalDate.of(1970, 1, 1).atTime(LocalTime.parse(text)), null);
    }
    if (text.length() == 10) {
      return new Moment(LocalDate.parse(text).atStartOfDay(), null);
    }
    String rest = text.substring(11);
    int sign = Math.max(rest.indexOf('+'), rest.indexOf('-'));
    ZoneOffset offset = sign < 0 ? null : Moments.offset(rest.substring(sign));
    String clock = sign < 0 ? rest : rest.substring(0, sign);
    return new Moment(
        LocalDate.parse(text.substring(0, 10)).atTime(LocalTime.parse(clock)), offset);
  }

  String format(Moment moment) {
    LocalDateTime local = moment.local();
    int offset = moment.offset() == null ? 0 : moment.offset().getTotalSeconds() / 60;
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      if (part.literal()) {
        out.append(part.text());
        continue;
      }
      switch (part.text()) {
        case "YYYY" -> out.append(pad(local.getYear(), 4));
        case "YY" -> out.append(pad(local.getYear() % 100, 2));
        case "MMMM" -> out.append(local.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
        case "MON" ->
            out.append(local.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH), 0, 3);
        case "MM" -> out.append(pad(local.getMonthValue(), 2));
        case "DD" -> out.append(pad(local.getDayOfMonth(), 2));
        case "DY" ->
            out.append(local.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), 0, 3);
        case "HH24", "HH" -> out.append(pad(local.getHour(), 2));
        case "HH12" -> out.append(pad((local.getHour() + 11) % 12 + 1, 2));
        case "AM", "PM" -> out.append(local.getHour() < 12 ? "AM" : "PM");
        case "MI" -> out.append(pad(local.getMinute(), 2));
        case "SS" -> out.append(pad(local.getSecond(), 2));
        case "TZH" -> out.append(offset < 0 ? '-' : '+').append(pad(Math.abs(offset) / 60, 2));
        case "TZM" -> out.append(pad(Math.abs(offset) % 60, 2));
        default -> {
          int digits = part.text().length() == 2 ? 9 : part.text().charAt(2) - '0';
          out.append(pad(local.get(ChronoField.NANO_OF_SECOND), 9), 0, digits);
        }
      }
    }
    return out.toString();
  }

  private static String pad(int number, int width) {
    return String.format(Locale.ROOT, "%0" + width + "d", number);
  }

  /** Reads a text that has this format, or returns null. */
  @Nullable Moment parse(String text) {
    int year = 1970;
    int month = 1;
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int nanos = 0;
    Integer zoneHour = null;
    int zoneMinute = 0;
    Boolean afternoon = null;
    String in = text.strip();
    int at = 0;
    for (Part part : parts) {
      if (part.literal()) {
        if (!in.regionMatches(true, at, part.text(), 0, part.text().length())) {
          return null;
        }
        at += part.text().length();
        continue;
      }
      String element = part.text();
      int length = length(element, in, at);
      if (length < 0) {
        return null;
      }
      String piece = in.substring(at, at + length);
      at += length;
      switch (element) {
        case "YYYY" -> year = Integer.parseInt(piece);
        case "YY" -> year = Integer.parseInt(piece) + (Integer.parseInt(piece) < 70 ? 2000 : 1900);
        case "MM" -> month = Integer.parseInt(piece);
        case "MON", "MMMM" -> {
          month = month(piece);
        }
        case "DD" -> day = Integer.parseInt(piece);
        case "HH24", "HH12", "HH" -> hour = Integer.parseInt(piece);
        case "MI" -> minute = Integer.parseInt(piece);
        case "SS" -> second = Integer.parseInt(piece);
        case "AM", "PM" -> afternoon = piece.equalsIgnoreCase("PM");
        case "TZH" -> zoneHour = Integer.parseInt(piece);
        case "TZM" -> zoneMinute = Integer.parseInt(piece);
        case "DY" -> {
          // The day's name follows from the date.
        }
        default -> nanos = Moments.nanos(piece);
      }
    }
    if (at != in.length()) {
      return null;
    }
    if (afternoon != null) {
      hour = hour % 12 + (afternoon ? 12 : 0);
    }
    try {
      ZoneOffset offset =
          zoneHour == null
              ? null
              : ZoneOffset.ofTotalSeconds(
                  zoneHour * 3600 + (zoneHour < 0 ? -zoneMinute : zoneMinute) * 60);
      return new Moment(LocalDateTime.of(year, month, day, hour, minute, second, nanos), offset);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** How many characters an element takes here, or -1. */
  private static int length(String element, String in, int at) {
    int least = 1;
    int most = 2;
    switch (element) {
      case "YYYY" -> {
        least = 4;
        most = 4;
      }
      case "YY" -> least = 2;
      case "TZM" -> least = 2;
      case "DY", "MON" -> {
        return at + 3 <= in.length() && letters(in, at, 3) ? 3 : -1;
      }
      case "AM", "PM" -> {
        boolean there =
            in.regionMatches(true, at, "AM", 0, 2) || in.regionMatches(true, at, "PM", 0, 2);
        return there ? 2 : -1;
      }
      case "MMMM" -> {
        int end = at;
        while (end < in.length() && Character.isLetter(in.charAt(end))) {
          end++;
        }
        return month(in.substring(at, end)) > 0 ? end - at : -1;
      }
      case "TZH" -> {
        if (at < in.length() && (in.charAt(at) == '+' || in.charAt(at) == '-')) {
          int digits = digits(in, at + 1, 2);
          return digits == 0 ? -1 : digits + 1;
        }
        return -1;
      }
      default -> {
        if (element.startsWith("FF")) {
          most = 9;
        }
      }
    }
    int digits = digits(in, at, most);
    return digits < least ? -1 : digits;
  }

  private static boolean letters(String in, int at, int count) {
    for (int i = at; i < at + count; i++) {
      if (!Character.isLetter(in.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int digits(String in, int at, int most) {
    int end = at;
    while (end < in.length() && end < at + most && Character.isDigit(in.charAt(end))) {
      end++;
    }
    return end - at;
  }

  /** The number of a month by its English name or its first three letters, or 0. */
  static int month(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (int i = 0; i < MONTHS.length; i++) {
      if (MONTHS[i].equals(upper) || (upper.length() == 3 && MONTHS[i].startsWith(upper))) {
        return i + 1;
      }
    }
    return 0;
  }
}
