package io.refract.snowflake.embedded.sql;

import io.refract.snowflake.embedded.sql.SnowflakeType.Base;

/** Reads a type with its synonyms. Source: Snowflake documentation, "Summary of data types". */
final class TypeParser {

  private TypeParser() {}

  static SnowflakeType parse(TokenStream in) {
    if (in.peek().kind() != Token.Kind.WORD) {
      throw in.unexpected();
    }
    String name = in.next().value();
    return switch (name) {
      case "NUMBER", "DECIMAL", "NUMERIC", "DEC" -> number(in);
      case "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT" -> SnowflakeType.NUMBER;
      case "FLOAT", "FLOAT4", "FLOAT8", "REAL" -> SnowflakeType.FLOAT;
      case "DOUBLE" -> {
        in.accept("PRECISION");
        yield SnowflakeType.FLOAT;
      }
      case "VARCHAR", "STRING", "TEXT", "NVARCHAR", "NVARCHAR2" -> text(in, 0);
      case "CHAR", "CHARACTER", "NCHAR" -> {
        boolean varying = in.accept("VARYING");
        yield text(in, varying ? 0 : 1);
      }
      case "BOOLEAN", "BOOL" -> SnowflakeType.BOOLEAN;
      case "DATE" -> SnowflakeType.DATE;
      case "TIME" -> fraction(in, Base.TIME);
      case "TIMESTAMP" -> timestamp(in);
      case "DATETIME", "TIMESTAMP_NTZ", "TIMESTAMPNTZ" -> fraction(in, Base.TIMESTAMP_NTZ);
      case "TIMESTAMP_LTZ", "TIMESTAMPLTZ" -> fraction(in, Base.TIMESTAMP_LTZ);
      case "TIMESTAMP_TZ", "TIMESTAMPTZ" -> fraction(in, Base.TIMESTAMP_TZ);
      case "BINARY", "VARBINARY" -> binary(in);
      case "VARIANT" -> SnowflakeType.VARIANT;
      case "OBJECT", "ARRAY" -> {
        if (in.atOperator("(")) {
          throw SqlError.unsupported("structured type " + name);
        }
        yield name.equals("OBJECT") ? SnowflakeType.OBJECT : SnowflakeType.ARRAY;
      }
      case "VECTOR", "GEOGRAPHY", "GEOMETRY", "MAP", "FILE", "DECFLOAT", "UUID", "INTERVAL" ->
          throw SqlError.unsupported("data type " + name);
      default ->
          throw SqlError.of(
              "002040", "42601", "SQL compilation error:\nUnsupported data type '" + name + "'.");
    };
  }

  private static SnowflakeType number(TokenStream in) {
    if (!in.acceptOperator("(")) {
      return SnowflakeType.NUMBER;
    }
    int precision = in.integer();
    int scale = in.acceptOperator(",") ? in.integer() : 0;
    in.expectOperator(")");
    return SnowflakeType.number(precision, scale);
  }

  private static SnowflakeType text(TokenStream in, int defaultLength) {
    SnowflakeType type = SnowflakeType.VARCHAR;
    if (in.acceptOperator("(")) {
      type = SnowflakeType.varchar(in.integer());
      in.expectOperator(")");
    } else if (defaultLength > 0) {
      type = SnowflakeType.varchar(defaultLength);
    }
    return type;
  }

  private static SnowflakeType binary(TokenStream in) {
    if (!in.acceptOperator("(")) {
      return SnowflakeType.BINARY;
    }
    int length = in.integer();
    in.expectOperator(")");
    return new SnowflakeType(Base.BINARY, 0, 0, length);
  }

  private static SnowflakeType timestamp(TokenStream in) {
    SnowflakeType type = fraction(in, Base.TIMESTAMP_NTZ);
    if (in.accept("WITHOUT", "TIME", "ZONE")) {
      return type;
    }
    if (in.accept("WITH", "LOCAL", "TIME", "ZONE")) {
      return new SnowflakeType(Base.TIMESTAMP_LTZ, type.precision(), 0, 0);
    }
    if (in.accept("WITH", "TIME", "ZONE")) {
      return new SnowflakeType(Base.TIMESTAMP_TZ, type.precision(), 0, 0);
    }
    return type;
  }

  private static SnowflakeType fraction(TokenStream in, Base base) {
    int digits = 9;
    if (in.acceptOperator("(")) {
      digits = in.integer();
      in.expectOperator(")");
      if (digits > 9) {
        throw SqlError.of(
            "002004",
            "42601",
            "SQL compilation error:\nInvalid data type: " + base + "(" + digits + ")");
      }
    }
    return new SnowflakeType(base, digits, 0, 0);
  }
}
