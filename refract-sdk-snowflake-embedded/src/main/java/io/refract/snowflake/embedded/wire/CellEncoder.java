package io.refract.snowflake.embedded.wire;

import com.google.common.io.BaseEncoding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Turns Java values into the texts that the driver reads as cells.
 *
 * <p>Which text a value has depends on the column type: a date is days since 1970, a timestamp
 * seconds with nine decimals, and so on.
 */
final class CellEncoder {

  private static final BaseEncoding HEX = BaseEncoding.base16();
  private static final double EXACT_INTEGERS = 1e15;

  private final ZoneId zone;

  /**
   * Creates an encoder.
   *
   * @param zone the session's time zone, for values of TIMESTAMP_TZ that carry no offset
   */
  CellEncoder(ZoneId zone) {
    this.zone = zone;
  }

  /** Encodes one value for a column of the given wire type, for example {@code fixed}. */
  @Nullable String encode(@Nullable Object value, String wireType, int scale) {
    if (value == null) {
      return null;
    }
    return switch (wireType) {
      case "fixed" -> fixed(value, scale);
      case "real" -> real(value);
      case "boolean" -> value instanceof Boolean flag ? (flag ? "1" : "0") : value.toString();
      case "date" ->
          value instanceof LocalDate date ? Long.toString(date.toEpochDay()) : days(value);
      case "time" -> value instanceof LocalTime time ? time(time, scale) : value.toString();
      case "timestamp_ntz" -> seconds(local(value).toInstant(ZoneOffset.UTC));
      case "timestamp_ltz" -> seconds(zoned(value).toInstant());
      case "timestamp_tz" -> {
        OffsetDateTime time = zoned(value);
        yield seconds(time.toInstant()) + " " + (time.getOffset().getTotalSeconds() / 60 + 1440);
      }
      case "binary" -> value instanceof byte[] bytes ? HEX.encode(bytes) : value.toString();
      default -> value.toString();
    };
  }

  private static String fixed(Object value, int scale) {
    if (scale == 0) {
      if (value instanceof Long || value instanceof Integer || value instanceof Short) {
        return value.toString();
      }
      if (value instanceof BigInteger) {
        return value.toString();
      }
    }
    return new BigDecimal(value.toString()).setScale(scale, RoundingMode.HALF_UP).toPlainString();
  }

  private static String real(Object value) {
    double number = ((Number) value).doubleValue();
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == Math.rint(number) && Math.abs(number) < EXACT_INTEGERS) {
      return Long.toString((long) number);
    }
    return value instanceof Float ? value.toString() : Double.toString(number);
  }

  private static String days(Object value) {
    return Long.toString(LocalDate.parse(value.toString()).toEpochDay());
  }

  private static String time(LocalTime time, int scale) {
    return BigDecimal.valueOf(time.toNanoOfDay(), 9)
        .setScale(scale, RoundingMode.DOWN)
        .toPlainString();
  }

  private LocalDateTime local(Object value) {
    if (value instanceof LocalDateTime time) {
      return time;
    }
    if (value instanceof OffsetDateTime time) {
      return time.atZoneSameInstant(zone).toLocalDateTime();
    }
    return LocalDateTime.parse(value.toString());
  }

  private OffsetDateTime zoned(Object value) {
    if (value instanceof OffsetDateTime time) {
      // DuckDB keeps the instant only and hands it out in UTC.
      return time.getOffset().equals(ZoneOffset.UTC)
          ? time.atZoneSameInstant(zone).toOffsetDateTime()
          : time;
    }
    if (value instanceof LocalDateTime time) {
      return time.atZone(zone).toOffsetDateTime();
    }
    return OffsetDateTime.parse(value.toString());
  }

  private static String seconds(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), 9))
        .setScale(9, RoundingMode.UNNECESSARY)
        .toPlainString();
  }
}
