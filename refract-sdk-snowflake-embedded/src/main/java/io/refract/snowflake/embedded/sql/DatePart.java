package io.refract.snowflake.embedded.sql;

import java.util.Map;

/**
 * The parts of dates and times with their synonyms. Source: Snowflake documentation, "Supported
 * date and time parts"; the session parameters WEEK_START and WEEK_OF_YEAR_POLICY have their
 * defaults.
 */
enum DatePart {
  YEAR("to_years", 1),
  QUARTER("to_months", 3),
  MONTH("to_months", 1),
  WEEK("to_weeks", 1),
  DAY("to_days", 1),
  HOUR("to_hours", 1),
  MINUTE("to_minutes", 1),
  SECOND("to_seconds", 1),
  MILLISECOND("to_milliseconds", 1),
  MICROSECOND("to_microseconds", 1),
  NANOSECOND("", 1),
  DAYOFWEEK("", 1),
  DAYOFWEEKISO("", 1),
  DAYOFYEAR("", 1),
  WEEKISO("", 1),
  YEAROFWEEK("", 1),
  YEAROFWEEKISO("", 1),
  EPOCH_SECOND("", 1),
  EPOCH_MILLISECOND("", 1),
  EPOCH_MICROSECOND("", 1),
  EPOCH_NANOSECOND("", 1),
  TIMEZONE_HOUR("", 1),
  TIMEZONE_MINUTE("", 1);

  private static final Map<String, DatePart> NAMES = new java.util.HashMap<>();

  static {
    names(YEAR, "YEAR Y YY YYY YYYY YR YEARS YRS");
    names(MONTH, "MONTH MM MON MONS MONTHS");
    names(DAY, "DAY D DD DAYS DAYOFMONTH");
    names(DAYOFWEEK, "DAYOFWEEK WEEKDAY DOW DW");
    names(DAYOFWEEKISO, "DAYOFWEEKISO WEEKDAY_ISO DOW_ISO DW_ISO DAYOFWEEK_ISO");
    names(DAYOFYEAR, "DAYOFYEAR YEARDAY DOY DY");
    names(WEEK, "WEEK W WK WEEKOFYEAR WOY WY WEEKS");
    names(WEEKISO, "WEEKISO WEEK_ISO WEEKOFYEARISO WEEKOFYEAR_ISO");
    names(QUARTER, "QUARTER Q QTR QTRS QUARTERS");
    names(YEAROFWEEK, "YEAROFWEEK");
    names(YEAROFWEEKISO, "YEAROFWEEKISO");
    names(HOUR, "HOUR H HH HR HOURS HRS");
    names(MINUTE, "MINUTE M MI MIN MINUTES MINS");
    names(SECOND, "SECOND S SEC SECONDS SECS");
    names(MILLISECOND, "MILLISECOND MS MSEC MILLISECONDS");
    names(MICROSECOND, "MICROSECOND US USEC MICROSECONDS");
    names(NANOSECOND, "NANOSECOND NS NSEC NANOSEC NSECOND NANOSECONDS NANOSECS NSECONDS");
    names(EPOCH_SECOND, "EPOCH_SECOND EPOCH EPOCH_SECONDS");
    names(EPOCH_MILLISECOND, "EPOCH_MILLISECOND EPOCH_MILLISECONDS");
    names(EPOCH_MICROSECOND, "EPOCH_MICROSECOND EPOCH_MICROSECONDS");
    names(EPOCH_NANOSECOND, "EPOCH_NANOSECOND EPOCH_NANOSECONDS");
    names(TIMEZONE_HOUR, "TIMEZONE_HOUR TZH");
    names(TIMEZONE_MINUTE, "TIMEZONE_MINUTE TZM");
  }

  private final String adder;
  private final int factor;

  DatePart(String adder, int factor) {
    this.adder = adder;
    this.factor = factor;
  }

  private static void names(DatePart part, String words) {
    for (String word : words.split(" ")) {
      NAMES.put(word, part);
    }
  }

  static DatePart of(String word) {
    DatePart part = NAMES.get(word);
    if (part == null) {
      throw SqlError.of(
          "001044",
          "42P13",
          "SQL compilation error:\n'" + word + "' is not a valid date/time component.");
    }
    return part;
  }

  /** Tells whether the part is smaller than a day. */
  boolean isClock() {
    return switch (this) {
      case HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND -> true;
      default -> false;
    };
  }

  /** An interval of so many of this part; the count is a DuckDB expression of a whole number. */
  String interval(String count) {
    // Timestamps have microseconds here, so that no nanosecond can be added.
    if (adder.isEmpty()) {
      throw SqlError.unsupported("adding a " + name());
    }
    String amount = factor == 1 ? count : "(" + count + ") * " + factor;
    String type = this == SECOND || isClock() ? "BIGINT" : "INTEGER";
    if (this == SECOND || this == MILLISECOND) {
      type = "DOUBLE";
    }
    return adder + "(CAST(" + amount + " AS " + type + "))";
  }

  /** The part of a date or timestamp. */
  String extract(String moment) {
    String[] call =
        switch (this) {
          case WEEK, WEEKISO -> new String[] {"week", ""};
          case DAYOFWEEK -> new String[] {"dow", ""};
          case DAYOFWEEKISO -> new String[] {"isodow", ""};
          case DAYOFYEAR -> new String[] {"doy", ""};
          case YEAROFWEEK, YEAROFWEEKISO -> new String[] {"isoyear", ""};
          case YEAR -> new String[] {"year", ""};
          case QUARTER -> new String[] {"quarter", ""};
          case MONTH -> new String[] {"month", ""};
          case DAY -> new String[] {"day", ""};
          case HOUR -> new String[] {"hour", ""};
          case MINUTE -> new String[] {"minute", ""};
          case SECOND -> new String[] {"second", ""};
          case NANOSECOND -> new String[] {"microsecond", " % 1000000 * 1000"};
          case EPOCH_SECOND -> new String[] {"", "epoch_us(%s) // 1000000"};
          case EPOCH_MILLISECOND -> new String[] {"", "epoch_us(%s) // 1000"};
          case EPOCH_MICROSECOND -> new String[] {"", "epoch_us(%s)"};
          case EPOCH_NANOSECOND -> new String[] {"", "CAST(epoch_us(%s) AS DECIMAL(38,0)) * 1000"};
          case TIMEZONE_HOUR -> new String[] {"timezone_hour", ""};
          case TIMEZONE_MINUTE -> new String[] {"timezone_minute", ""};
          case MILLISECOND, MICROSECOND -> throw SqlError.unsupported("DATE_PART of " + name());
        };
    if (call[0].isEmpty()) {
      return "(" + call[1].replace("%s", moment) + ")";
    }
    return "(date_part('" + call[0] + "', " + moment + ")" + call[1] + ")";
  }

  /** The start of the part that holds a moment; keeps the type DATE. */
  String truncate(String moment) {
    String unit =
        switch (this) {
          case YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND -> name();
          case MILLISECOND, MICROSECOND -> name() + "S";
          case WEEKISO -> "WEEK";
          default -> throw SqlError.unsupported("DATE_TRUNC to " + name());
        };
    return "cast_to_type(date_trunc('"
        + unit.toLowerCase(java.util.Locale.ROOT)
        + "', "
        + moment
        + "), "
        + moment
        + ")";
  }

  /** The number of boundaries of the part between two moments. */
  String difference(String from, String to) {
    return switch (this) {
      case WEEK, WEEKISO ->
          "(date_diff('day', date_trunc('week', "
              + from
              + "), date_trunc('week', "
              + to
              + ")) // 7)";
      case YEAR, QUARTER, MONTH, DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND ->
          "date_diff('"
              + name().toLowerCase(java.util.Locale.ROOT)
              + "', "
              + from
              + ", "
              + to
              + ")";
      case NANOSECOND -> "(date_diff('microsecond', " + from + ", " + to + ") * 1000)";
      default -> throw SqlError.unsupported("DATEDIFF in " + name());
    };
  }
}
