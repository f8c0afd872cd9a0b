package io.refract.snowflake.embedded.sql;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Snowflake data type.
 *
 * <p>Source: Snowflake documentation, "Summary of data types".
 *
 * @param base the type without its numbers
 * @param precision of NUMBER, 1 to 38, or the digits of a second's fraction of TIME and
 *     TIMESTAMP_*, 0 to 9; else 0
 * @param scale of NUMBER, 0 to 37; else 0
 * @param length of VARCHAR in characters and of BINARY in bytes; else 0
 */
public record SnowflakeType(Base base, int precision, int scale, int length) {

  /** The types without their numbers. */
  public enum Base {
    /** Exact numbers. */
    NUMBER,
    /** Double precision. */
    FLOAT,
    /** Text. */
    VARCHAR,
    /** Truth values. */
    BOOLEAN,
    /** Days. */
    DATE,
    /** Times of day. */
    TIME,
    /** Timestamps without zone. */
    TIMESTAMP_NTZ,
    /** Timestamps in the session's zone. */
    TIMESTAMP_LTZ,
    /** Timestamps with an own offset. */
    TIMESTAMP_TZ,
    /** Bytes. */
    BINARY,
    /** Any JSON value. */
    VARIANT,
    /** A JSON object. */
    OBJECT,
    /** A JSON array. */
    ARRAY
  }

  /** The greatest length of a VARCHAR without a length. */
  public static final int DEFAULT_VARCHAR_LENGTH = 16_777_216;

  /** The greatest length of a VARCHAR. */
  public static final int MAX_VARCHAR_LENGTH = 134_217_728;

  /** The length of a BINARY without a length. */
  public static final int DEFAULT_BINARY_LENGTH = 8_388_608;

  /** NUMBER(38,0). */
  public static final SnowflakeType NUMBER = new SnowflakeType(Base.NUMBER, 38, 0, 0);

  /** FLOAT. */
  public static final SnowflakeType FLOAT = new SnowflakeType(Base.FLOAT, 0, 0, 0);

  /** VARCHAR(16777216). */
  public static final SnowflakeType VARCHAR =
      new SnowflakeType(Base.VARCHAR, 0, 0, DEFAULT_VARCHAR_LENGTH);

  /** BOOLEAN. */
  public static final SnowflakeType BOOLEAN = new SnowflakeType(Base.BOOLEAN, 0, 0, 0);

  /** DATE. */
  public static final SnowflakeType DATE = new SnowflakeType(Base.DATE, 0, 0, 0);

  /** TIME(9). */
  public static final SnowflakeType TIME = new SnowflakeType(Base.TIME, 9, 0, 0);

  /** TIMESTAMP_NTZ(9). */
  public static final SnowflakeType TIMESTAMP_NTZ = new SnowflakeType(Base.TIMESTAMP_NTZ, 9, 0, 0);

  /** TIMESTAMP_LTZ(9). */
  public static final SnowflakeType TIMESTAMP_LTZ = new SnowflakeType(Base.TIMESTAMP_LTZ, 9, 0, 0);

  /** TIMESTAMP_TZ(9). */
  public static final SnowflakeType TIMESTAMP_TZ = new SnowflakeType(Base.TIMESTAMP_TZ, 9, 0, 0);

  /** BINARY(8388608). */
  public static final SnowflakeType BINARY =
      new SnowflakeType(Base.BINARY, 0, 0, DEFAULT_BINARY_LENGTH);

  /** VARIANT. */
  public static final SnowflakeType VARIANT = new SnowflakeType(Base.VARIANT, 0, 0, 0);

  /** OBJECT. */
  public static final SnowflakeType OBJECT = new SnowflakeType(Base.OBJECT, 0, 0, 0);

  /** ARRAY. */
  public static final SnowflakeType ARRAY = new SnowflakeType(Base.ARRAY, 0, 0, 0);

  private static final Pattern DECIMAL = Pattern.compile("DECIMAL\\((\\d+),\\s*(\\d+)\\)");

  /**
   * Returns NUMBER(precision,scale).
   *
   * @throws SqlError 002004 when a number is out of range
   */
  public static SnowflakeType number(int precision, int scale) {
    if (precision < 1 || precision > 38 || scale < 0 || scale > Math.min(37, precision)) {
      throw SqlError.of(
          "002004",
          "42601",
          "SQL compilation error:\nInvalid data type: NUMBER(" + precision + "," + scale + ")");
    }
    return new SnowflakeType(Base.NUMBER, precision, scale, 0);
  }

  /** Returns VARCHAR(length). */
  public static SnowflakeType varchar(int length) {
    if (length < 1 || length > MAX_VARCHAR_LENGTH) {
      throw SqlError.of(
          "002004", "42601", "SQL compilation error:\nInvalid data type: VARCHAR(" + length + ")");
    }
    return new SnowflakeType(Base.VARCHAR, 0, 0, length);
  }

  /** Parses a type as written in SQL. */
  public static SnowflakeType parse(String sql) {
    TokenStream in = TokenStream.of(sql);
    SnowflakeType type = parse(in);
    in.expectEnd();
    return type;
  }

  /**
   * Reads a type.
   *
   * @throws SqlError 002040 when the name is no type, 0A000 when it is one that is not covered
   */
  public static SnowflakeType parse(TokenStream in) {
    return TypeParser.parse(in);
  }

  /** Tells whether values are JSON: VARIANT, OBJECT and ARRAY. */
  public boolean isSemiStructured() {
    return base == Base.VARIANT || base == Base.OBJECT || base == Base.ARRAY;
  }

  /** Tells whether a VARCHAR has the default length. */
  public boolean hasDefaultLength() {
    return length == DEFAULT_VARCHAR_LENGTH;
  }

  /** Returns the type that stands for this one in DuckDB. */
  public String duckDb() {
    return switch (base) {
      case NUMBER -> "DECIMAL(" + precision + "," + scale + ")";
      case FLOAT -> "DOUBLE";
      case VARCHAR -> "VARCHAR";
      case BOOLEAN -> "BOOLEAN";
      case DATE -> "DATE";
      case TIME -> "TIME";
      case TIMESTAMP_NTZ -> "TIMESTAMP";
      case TIMESTAMP_LTZ, TIMESTAMP_TZ -> "TIMESTAMP WITH TIME ZONE";
      case BINARY -> "BLOB";
      case VARIANT, OBJECT, ARRAY -> "JSON";
    };
  }

  /**
   * Returns the type of a DuckDB column.
   *
   * @param duckDb the type's name as DuckDB prints it
   * @throws SqlError 0A000 when no Snowflake type stands for it
   */
  public static SnowflakeType fromDuckDb(String duckDb) {
    String name = duckDb.toUpperCase(Locale.ROOT);
    Matcher decimal = DECIMAL.matcher(name);
    if (decimal.matches()) {
      int precision = Integer.parseInt(decimal.group(1));
      int scale = Integer.parseInt(decimal.group(2));
      return new SnowflakeType(Base.NUMBER, precision, scale, 0);
    }
    return switch (name) {
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT" -> NUMBER;
      case "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT" -> NUMBER;
      case "FLOAT", "DOUBLE" -> FLOAT;
      // DuckDB types a bare NULL as INTEGER or "NULL"; Snowflake calls it text.
      case "VARCHAR", "\"NULL\"", "NULL", "UUID" -> VARCHAR;
      case "BOOLEAN" -> BOOLEAN;
      case "DATE" -> DATE;
      case "TIME" -> TIME;
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" -> TIMESTAMP_NTZ;
      case "TIMESTAMP WITH TIME ZONE" -> TIMESTAMP_LTZ;
      case "BLOB" -> BINARY;
      case "JSON", "VARIANT" -> VARIANT;
      case "OBJECT" -> OBJECT;
      case "ARRAY" -> ARRAY;
      default -> throw SqlError.unsupported("a result of type " + duckDb);
    };
  }

  /** Returns the type's canonical text, {@code NUMBER(38,0)}. */
  public String sql() {
    return switch (base) {
      case NUMBER -> "NUMBER(" + precision + "," + scale + ")";
      case VARCHAR, BINARY -> base + "(" + length + ")";
      case TIME, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ -> base + "(" + precision + ")";
      default -> base.name();
    };
  }

  /** Returns the name in the driver's column descriptions, in lower case. */
  public String wireName() {
    return switch (base) {
      case NUMBER -> "fixed";
      case FLOAT -> "real";
      case VARCHAR -> "text";
      default -> base.name().toLowerCase(Locale.ROOT);
    };
  }

  @Override
  public String toString() {
    return sql();
  }
}
