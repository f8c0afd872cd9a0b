package io.refract.snowflake.embedded.load;

import com.google.common.io.BaseEncoding;
import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.sql.JsonText;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of a field into text that DuckDB casts to the column's type, or into Snowflake's
 * error.
 *
 * <p>Source: Snowflake documentation, "Date and time input and output formats" (AUTO detection) and
 * "Conversion functions".
 */
final class CellConversion {

  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.ISO_LOCAL_DATE,
          pattern("yyyy-M-d"),
          pattern("M/d/yyyy"),
          pattern("d-MMM-yyyy"));
  private static final List<DateTimeFormatter> TIMES =
      List.of(DateTimeFormatter.ISO_LOCAL_TIME, pattern("H:mm"), pattern("h:mm:ss a"));
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("yyyy-M-d")
          .optionalStart()
          .appendPattern("['T'][ ]")
          .appendPattern("H:mm")
          .optionalStart()
          .appendPattern(":ss")
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalEnd()
          .optionalEnd()
          .optionalStart()
          .appendLiteral(' ')
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .optionalEnd()
          .toFormatter(Locale.ENGLISH);
  private static final DateTimeFormatter OUT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSSSS", Locale.ROOT);

  private final FileFormat format;
  private final boolean truncate;

  CellConversion(FileFormat format, boolean truncate) {
    this.format = format;
    this.truncate = truncate;
    for (String option : List.of("DATE_FORMAT", "TIME_FORMAT", "TIMESTAMP_FORMAT")) {
      if (!format.text(option).equalsIgnoreCase("AUTO")) {
        throw SqlError.unsupported(option + " = '" + format.text(option) + "' in COPY INTO");
      }
    }
  }

  /**
   * Converts a field.
   *
   * @throws SqlError with Snowflake's code when the text is no value of the type
   */
  String convert(String text, SnowflakeType type) {
    return switch (type.base()) {
      case NUMBER -> number(text, type);
      case FLOAT -> real(text);
      case VARCHAR -> varchar(text, type);
      case BOOLEAN -> bool(text);
      case DATE -> date(text);
      case TIME -> time(text);
      case TIMESTAMP_NTZ -> timestamp(text, false);
      case TIMESTAMP_LTZ, TIMESTAMP_TZ -> timestamp(text, true);
      case BINARY -> binary(text);
      case VARIANT, OBJECT, ARRAY -> json(text, type);
    };
  }

  private static String number(String text, SnowflakeType type) {
    BigDecimal value;
    try {
      value = new BigDecimal(text.strip());
      // An exponent of a billion would fill the memory with zeros.
      long magnitude = (long) value.precision() - value.scale();
      if (value.signum() == 0 || magnitude < -SnowflakeType.NUMBER.precision()) {
        value = BigDecimal.ZERO;
      } else if (magnitude > SnowflakeType.NUMBER.precision()) {
        throw error("100039", "22003", "Numeric value '" + text + "' is out of range");
      }
      value = value.setScale(type.scale(), RoundingMode.HALF_UP);
    } catch (NumberFormatException e) {
      throw error("100038", "22018", "Numeric value '" + text + "' is not recognized");
    }
    if (value.precision() - value.scale() > type.precision() - type.scale()) {
      throw error("100039", "22003", "Numeric value '" + text + "' is out of range");
    }
    return value.toPlainString();
  }

  private static String real(String text) {
    String value = text.strip();
    String special =
        switch (value.toLowerCase(Locale.ROOT)) {
          case "nan" -> "nan";
          case "inf", "infinity", "+inf" -> "inf";
          case "-inf", "-infinity" -> "-inf";
          default -> "";
        };
    if (!special.isEmpty()) {
      return special;
    }
    // Java would also take the suffixes and the hexadecimal form of its own literals.
    if (!value.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
      throw error("100038", "22018", "Numeric value '" + text + "' is not recognized");
    }
    return Double.toString(Double.parseDouble(value));
  }

  private String varchar(String text, SnowflakeType type) {
    if (text.length() <= type.length() || text.codePointCount(0, text.length()) <= type.length()) {
      return text;
    }
    if (truncate) {
      return text.substring(0, text.offsetByCodePoints(0, type.length()));
    }
    String shown = text.substring(0, Math.min(50, text.length()));
    throw error("100078", "22000", "String '" + shown + "' is too long and would be truncated");
  }

  private static String bool(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "on", "1" -> "true";
      case "false", "f", "no", "n", "off", "0" -> "false";
      default -> throw error("100037", "22018", "Boolean value '" + text + "' is not recognized");
    };
  }

  private static String date(String text) {
    String value = text.strip();
    TemporalAccessor day = first(value, DATES);
    if (day != null) {
      return LocalDate.from(day).toString();
    }
    if (value.matches("-?\\d{1,18}")) {
      return LocalDate.ofInstant(epoch(Long.parseLong(value)), ZoneOffset.UTC).toString();
    }
    try {
      return timestamp(text, false).substring(0, 10);
    } catch (SqlError e) {
      throw error("100040", "22007", "Date '" + text + "' is not recognized");
    }
  }

  private static String time(String text) {
    TemporalAccessor time = first(text.strip(), TIMES);
    if (time != null) {
      return LocalTime.from(time).toString();
    }
    throw error("100108", "22007", "Time '" + text + "' is not recognized");
  }

  private static String timestamp(String text, boolean zoned) {
    String value = text.strip();
    if (value.matches("-?\\d{1,18}")) {
      return OUT.format(epoch(Long.parseLong(value)).atZone(ZoneOffset.UTC)) + (zoned ? "+00" : "");
    }
    try {
      TemporalAccessor parsed =
          TIMESTAMP.parseBest(value, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      if (parsed instanceof OffsetDateTime offset) {
        return zoned
            ? OUT.format(offset) + offset.getOffset().getId().replace("Z", "+00")
            : OUT.format(offset);
      }
      LocalDateTime local =
          parsed instanceof LocalDate day ? day.atStartOfDay() : (LocalDateTime) parsed;
      return OUT.format(local);
    } catch (DateTimeException e) {
      throw error("100035", "22007", "Timestamp '" + text + "' is not recognized");
    }
  }

  /** Source: "Auto-detection of integer-stored date, time, and timestamp values". */
  private static Instant epoch(long value) {
    if (value >= 31_536_000_000_000_000L) {
      return Instant.ofEpochSecond(0, value);
    }
    if (value >= 31_536_000_000_000L) {
      return Instant.ofEpochSecond(value / 1_000_000, value % 1_000_000 * 1_000);
    }
    return value >= 31_536_000_000L ? Instant.ofEpochMilli(value) : Instant.ofEpochSecond(value);
  }

  private String binary(String text) {
    byte[] bytes;
    try {
      bytes =
          switch (format.text("BINARY_FORMAT")) {
            case "BASE64" -> BaseEncoding.base64().decode(text.strip());
            case "UTF8", "UTF-8" -> text.getBytes(StandardCharsets.UTF_8);
            default -> BaseEncoding.base16().decode(text.strip().toUpperCase(Locale.ROOT));
          };
    } catch (IllegalArgumentException e) {
      throw error(
          "100115",
          "22000",
          "The following string is not a legal "
              + format.text("BINARY_FORMAT").toLowerCase(Locale.ROOT)
              + "-encoded value: '"
              + text
              + "'");
    }
    return BaseEncoding.base16().encode(bytes);
  }

  /** JSON in its canonical form: only so is it equal to what PARSE_JSON gives. */
  private static String json(String text, SnowflakeType type) {
    String json = text.isBlank() ? "null" : JsonText.canonical(text);
    boolean fits =
        switch (type.base()) {
          case OBJECT -> json.startsWith("{");
          case ARRAY -> json.startsWith("[");
          default -> true;
        };
    if (!fits) {
      throw error("100071", "22000", "Failed to cast variant value " + text + " to " + type.base());
    }
    return json;
  }

  /** Returns what the first formatter that fits reads, or null. */
  private static @Nullable TemporalAccessor first(String text, List<DateTimeFormatter> formatters) {
    for (DateTimeFormatter formatter : formatters) {
      ParsePosition end = new ParsePosition(0);
      TemporalAccessor parsed = formatter.parseUnresolved(text, end);
      if (parsed != null && end.getErrorIndex() < 0 && end.getIndex() == text.length()) {
        try {
          return formatter.parse(text);
        } catch (DateTimeException e) {
          // The shape fits, the values do not: the thirteenth month.
          return null;
        }
      }
    }
    return null;
  }

  private static DateTimeFormatter pattern(String text) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(text)
        .toFormatter(Locale.ENGLISH);
  }

  private static SqlError error(String code, String state, String message) {
    return SqlError.of(code, state, message);
  }
}
