package io.refract.snowflake.embedded.function;

import com.google.common.base.Ascii;
import com.google.common.io.BaseEncoding;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts between cells and the Java types of a handler.
 *
 * <p>Source: Snowflake documentation, "Data type mappings between SQL and handler languages".
 */
final class JavaCells {

  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffset("+HH:mm", "+00")
          .toFormatter();
  private static final DateTimeFormatter TIMESTAMP_OUT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSSSS");

  private static final Set<Class<?>> NUMBERS =
      Set.of(
          short.class,
          Short.class,
          int.class,
          Integer.class,
          long.class,
          Long.class,
          BigDecimal.class,
          BigInteger.class,
          String.class);
  private static final Set<Class<?>> FLOATS =
      Set.of(double.class, Double.class, float.class, Float.class, String.class);
  private static final Set<Class<?>> ELEMENTS =
      Set.of(
          String.class,
          boolean.class,
          double.class,
          float.class,
          int.class,
          long.class,
          short.class);

  private JavaCells() {}

  /** Tells whether an argument or result of a SQL type can be of a Java type. */
  static boolean fits(SnowflakeType type, Class<?> java) {
    return switch (type.base()) {
      case NUMBER -> NUMBERS.contains(java);
      case FLOAT -> FLOATS.contains(java);
      case VARCHAR -> java == String.class;
      case BOOLEAN -> java == boolean.class || java == Boolean.class || java == String.class;
      case BINARY -> java == byte[].class || java == String.class || java == InputStream.class;
      case DATE -> java == Date.class || java == String.class;
      case TIME -> java == Time.class || java == String.class;
      case TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ ->
          java == Timestamp.class || java == String.class;
      case ARRAY ->
          java == String.class || (java.isArray() && ELEMENTS.contains(java.getComponentType()));
      case OBJECT -> java == String.class || java == Map.class;
      case VARIANT -> java == String.class;
    };
  }

  /**
   * Converts a cell to an argument.
   *
   * @throws IllegalArgumentException when the value does not fit the Java type
   */
  static @Nullable Object decode(@Nullable String cell, SnowflakeType type, Class<?> java) {
    if (cell == null) {
      if (java.isPrimitive()) {
        throw new IllegalArgumentException(
            "NULL cannot be passed as the primitive type "
                + java.getName()
                + ". Use its class, or create the function with RETURNS NULL ON NULL INPUT.");
      }
      return null;
    }
    return switch (type.base()) {
      case NUMBER -> number(new BigDecimal(cell), java);
      case FLOAT -> real(cell, java);
      case BOOLEAN -> java == String.class ? (Object) cell : (Object) cell.equals("true");
      case BINARY -> binary(cell, java);
      case DATE -> java == String.class ? cell : Date.valueOf(LocalDate.parse(cell));
      case TIME -> java == String.class ? cell : Time.valueOf(LocalTime.parse(cell));
      case TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ ->
          java == String.class ? cell : timestamp(cell);
      case ARRAY -> java == String.class ? cell : array(cell, java.getComponentType());
      case OBJECT -> java == String.class ? cell : map(cell);
      case VARCHAR, VARIANT -> cell;
    };
  }

  /** Converts what a handler returned to a cell. */
  static @Nullable String encode(@Nullable Object value, SnowflakeType type) {
    if (value == null) {
      return null;
    }
    return switch (type.base()) {
      case FLOAT -> value instanceof Number number ? real(number.doubleValue()) : value.toString();
      case NUMBER ->
          value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
      case BINARY ->
          value instanceof byte[] bytes ? BaseEncoding.base16().encode(bytes) : value.toString();
      case TIMESTAMP_NTZ -> timestamp(value, false);
      case TIMESTAMP_LTZ, TIMESTAMP_TZ -> timestamp(value, true);
      case ARRAY, OBJECT -> value instanceof String text ? text : GSON.toJson(value);
      case VARCHAR, BOOLEAN, DATE, TIME, VARIANT -> value.toString();
    };
  }

  private static Object number(BigDecimal value, Class<?> java) {
    if (java == BigDecimal.class) {
      return value;
    }
    if (java == String.class) {
      return value.toPlainString();
    }
    try {
      if (java == short.class || java == Short.class) {
        return value.shortValueExact();
      }
      if (java == int.class || java == Integer.class) {
        return value.intValueExact();
      }
      if (java == long.class || java == Long.class) {
        return value.longValueExact();
      }
      return value.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "The number " + value.toPlainString() + " does not fit " + java.getSimpleName() + ".", e);
    }
  }

  private static Object real(String cell, Class<?> java) {
    if (java == String.class) {
      return cell;
    }
    double value =
        switch (Ascii.toLowerCase(cell)) {
          case "nan" -> Double.NaN;
          case "inf" -> Double.POSITIVE_INFINITY;
          case "-inf" -> Double.NEGATIVE_INFINITY;
          default -> Double.parseDouble(cell);
        };
    return java == float.class || java == Float.class ? (Object) (float) value : (Object) value;
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    return Double.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : Double.toString(value);
  }

  private static Object binary(String cell, Class<?> java) {
    if (java == String.class) {
      return cell;
    }
    byte[] bytes = BaseEncoding.base16().decode(cell);
    return java == InputStream.class ? new ByteArrayInputStream(bytes) : bytes;
  }

  private static Timestamp timestamp(String cell) {
    var parsed = TIMESTAMP.parseBest(cell, OffsetDateTime::from, LocalDateTime::from);
    return parsed instanceof OffsetDateTime zoned
        ? Timestamp.from(zoned.toInstant())
        : Timestamp.valueOf((LocalDateTime) parsed);
  }

  private static String timestamp(Object value, boolean zoned) {
    if (!(value instanceof Timestamp timestamp)) {
      return value.toString();
    }
    LocalDateTime local = timestamp.toLocalDateTime();
    if (!zoned) {
      return TIMESTAMP_OUT.format(local);
    }
    return TIMESTAMP_OUT.format(
            local.atZone(ZoneId.systemDefault()).withZoneSameInstant(ZoneOffset.UTC))
        + "+00";
  }

  private static Object array(String cell, Class<?> element) {
    JsonArray values = JsonParser.parseString(cell).getAsJsonArray();
    Object array = Array.newInstance(element, values.size());
    for (int i = 0; i < values.size(); i++) {
      JsonElement value = values.get(i);
      if (element == String.class) {
        Array.set(array, i, text(value));
      } else if (value.isJsonNull()) {
        throw new IllegalArgumentException("An element of the array is NULL: " + cell);
      } else if (element == boolean.class) {
        Array.setBoolean(array, i, value.getAsBoolean());
      } else if (element == double.class) {
        Array.setDouble(array, i, value.getAsDouble());
      } else if (element == float.class) {
        Array.setFloat(array, i, value.getAsFloat());
      } else {
        Array.set(array, i, number(value.getAsBigDecimal(), element));
      }
    }
    return array;
  }

  private static Map<String, @Nullable String> map(String cell) {
    JsonObject object = JsonParser.parseString(cell).getAsJsonObject();
    Map<String, @Nullable String> map = new LinkedHashMap<>();
    object.entrySet().forEach(entry -> map.put(entry.getKey(), text(entry.getValue())));
    return map;
  }

  private static @Nullable String text(JsonElement value) {
    if (value.isJsonNull()) {
      return null;
    }
    return value.isJsonPrimitive() ? value.getAsString() : GSON.toJson(value);
  }
}
