package io.refract.snowflake.embedded.sql;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON as text in one canonical form: no blanks, keys in order, numbers without needless zeros. Two
 * equal values have one text, and this is how the embedded Snowflake stores VARIANTs.
 */
public final class JsonText {

  private JsonText() {}

  /**
   * Returns the canonical text of a JSON text.
   *
   * @throws SqlError 100069 when it is no JSON or has a key twice
   */
  public static String canonical(String json) {
    return write(read(json));
  }

  /** Returns a text as Snowflake prints VARIANTs to clients: two blanks of indentation. */
  public static String pretty(String json) {
    StringBuilder out = new StringBuilder();
    pretty(read(json), out, "");
    return out.toString();
  }

  static JsonElement read(String json) {
    return JsonTree.read(json, JsonTree.RepeatedKey.NO_JSON);
  }

  static String write(JsonElement element) {
    StringBuilder out = new StringBuilder();
    write(element, out);
    return out.toString();
  }

  private static void write(JsonElement element, StringBuilder out) {
    if (element instanceof JsonObject object) {
      char separator = '{';
      for (Map.Entry<String, JsonElement> entry : sorted(object).entrySet()) {
        out.append(separator).append(quote(entry.getKey())).append(':');
        write(entry.getValue(), out);
        separator = ',';
      }
      out.append(separator == '{' ? "{}" : "}");
    } else if (element instanceof JsonArray array) {
      char separator = '[';
      for (JsonElement each : array) {
        out.append(separator);
        write(each, out);
        separator = ',';
      }
      out.append(separator == '[' ? "[]" : "]");
    } else {
      out.append(scalar(element));
    }
  }

  private static String scalar(JsonElement element) {
    if (element instanceof JsonPrimitive primitive) {
      if (primitive.isString()) {
        return quote(primitive.getAsString());
      }
      if (primitive.isNumber()) {
        String text = primitive.getAsString();
        boolean exponent = text.indexOf('e') >= 0 || text.indexOf('E') >= 0;
        return exponent ? real(Double.parseDouble(text)) : number(new BigDecimal(text));
      }
      return primitive.getAsString();
    }
    return "null";
  }

  private static void pretty(JsonElement element, StringBuilder out, String indent) {
    String inner = indent + "  ";
    if (element instanceof JsonObject object && object.size() > 0) {
      String separator = "{\n";
      for (Map.Entry<String, JsonElement> entry : sorted(object).entrySet()) {
        out.append(separator).append(inner).append(quote(entry.getKey())).append(": ");
        pretty(entry.getValue(), out, inner);
        separator = ",\n";
      }
      out.append('\n').append(indent).append('}');
    } else if (element instanceof JsonArray array && array.size() > 0) {
      String separator = "[\n";
      for (JsonElement each : array) {
        out.append(separator).append(inner);
        pretty(each, out, inner);
        separator = ",\n";
      }
      out.append('\n').append(indent).append(']');
    } else {
      write(element, out);
    }
  }

  private static Map<String, JsonElement> sorted(JsonObject object) {
    return new TreeMap<>(object.asMap());
  }

  static String number(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    return value.stripTrailingZeros().toPlainString();
  }

  /** A double inside a VARIANT: fifteen digits and an exponent. */
  static String real(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return quote(Double.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf");
    }
    return String.format(Locale.ROOT, "%.15e", value);
  }

  /** The text of a number or truth value of JSON when it becomes SQL text. */
  static String plain(String json) {
    if (json.indexOf('e') > 0 && !json.equals("true") && !json.equals("false")) {
      String text = Double.toString(Double.parseDouble(json));
      return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
    return json;
  }

  static String unquote(String json) {
    return read(json).getAsString();
  }

  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /** A text whose order is the order of the JSON values: numbers, texts, truth values, others. */
  static String sortKey(String json) {
    char first = json.charAt(0);
    if (first == '"') {
      return "2" + unquote(json);
    }
    if (first == '-' || Character.isDigit(first)) {
      return "1" + sortable(new BigDecimal(json));
    }
    return (first == 't' || first == 'f' ? "3" : first == 'n' ? "9" : "4") + json;
  }

  private static String sortable(BigDecimal value) {
    if (value.signum() == 0) {
      return "1";
    }
    String digits = value.unscaledValue().abs().toString();
    int exponent = digits.length() - value.scale() + 5000;
    String text = String.format(Locale.ROOT, "%05d", exponent) + digits.replaceAll("0+$", "");
    if (value.signum() > 0) {
      return "2" + text;
    }
    StringBuilder inverse = new StringBuilder("0");
    for (int i = 0; i < text.length(); i++) {
      inverse.append((char) ('9' - (text.charAt(i) - '0')));
    }
    return inverse.append('~').toString();
  }

  static JsonElement orNull(@org.jspecify.annotations.Nullable String json) {
    return json == null ? JsonNull.INSTANCE : read(json);
  }
}
