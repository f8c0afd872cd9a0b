package io.refract.snowflake.embedded.engine;

import com.google.common.io.BaseEncoding;
import io.refract.snowflake.embedded.sql.SqlError;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decodes the driver's bind values into Java values that DuckDB takes. */
final class BindValues {

  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);
  private static final long MILLIS_PER_DAY = 86_400_000L;

  private BindValues() {}

  /** Sets one parameter of a DuckDB statement. */
  static void set(PreparedStatement statement, int index, Bind bind, int row) throws SQLException {
    statement.setObject(index, value(bind.type(), bind.values().get(bind.batch() ? row : 0)));
  }

  /** Returns the Java value of an encoded one. */
  static @Nullable Object value(String type, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return switch (type.toUpperCase(Locale.ROOT)) {
        case "FIXED" -> fixed(text);
        case "REAL" -> Double.valueOf(text);
        case "BOOLEAN" -> Boolean.valueOf(text);
        case "BINARY" -> BaseEncoding.base16().decode(text.toUpperCase(Locale.ROOT));
        case "DATE" -> LocalDate.ofEpochDay(Math.floorDiv(Long.parseLong(text), MILLIS_PER_DAY));
        case "TIME" -> LocalTime.ofNanoOfDay(Long.parseLong(text));
        case "TIMESTAMP_NTZ" -> LocalDateTime.ofInstant(instant(text), ZoneOffset.UTC);
        case "TIMESTAMP_LTZ", "TIMESTAMP" -> instant(text).atOffset(ZoneOffset.UTC);
        case "TIMESTAMP_TZ" -> zoned(text);
        case "TEXT", "ANY", "CHAR", "VARIANT", "OBJECT", "ARRAY" -> text;
        default -> throw SqlError.unsupported("a bind of type " + type);
      };
    } catch (IllegalArgumentException e) {
      throw SqlError.of(
          "100038", "22018", "The bind value of type " + type + " is not recognized", e);
    }
  }

  private static Object fixed(String text) {
    BigDecimal number = new BigDecimal(text);
    if (number.scale() <= 0 && number.precision() - number.scale() < 19) {
      return number.longValueExact();
    }
    return number;
  }

  private static Instant instant(String nanos) {
    BigDecimal[] parts = new BigDecimal(nanos).divideAndRemainder(NANOS);
    return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValue());
  }

  private static OffsetDateTime zoned(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      return instant(text).atOffset(ZoneOffset.UTC);
    }
    int minutes = Integer.parseInt(text.substring(space + 1).strip()) - 1440;
    return instant(text.substring(0, space)).atOffset(ZoneOffset.ofTotalSeconds(minutes * 60));
  }
}
