package io.refract.snowflake.embedded.sql;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Functions over JSON. Source: "Semi-structured and structured data functions". */
final class JsonFunctions {

  private JsonFunctions() {}

  static @Nullable String call(
      @Nullable String operation, @Nullable String a, @Nullable String b, @Nullable String c) {
    if (operation == null || a == null) {
      return null;
    }
    switch (operation) {
      case "PARSE" -> {
        return a.isBlank() ? null : parsed(a, b);
      }
      case "TRY_PARSE" -> {
        return a.isBlank() ? null : tried(a, b);
      }
      case "CHECK" -> {
        return a.isBlank() || tried(a, "") != null ? null : "Error parsing JSON: " + a;
      }
      case "APPEND", "PREPEND" -> {
        JsonArray array = array(a);
        JsonArray result = new JsonArray();
        if (operation.equals("PREPEND")) {
          result.add(JsonText.orNull(b));
        }
        result.addAll(array);
        if (operation.equals("APPEND")) {
          result.add(JsonText.orNull(b));
        }
        return JsonText.write(result);
      }
      case "INSERT", "UPDATE" -> {
        return insert(a, b, c, operation.equals("UPDATE"));
      }
      default -> {
        return b == null ? null : strict(operation, a, b, c == null ? "" : c);
      }
    }
  }

  private static @Nullable String strict(String operation, String a, String b, String c) {
    switch (operation) {
      case "SPLIT" -> {
        return texts(TextFunctions.split(a, b));
      }
      case "STRTOK" -> {
        return texts(TextFunctions.tokens(a, b));
      }
      default -> {
        // The others read JSON.
      }
    }
    if (operation.equals("OBJECT")) {
      return JsonText.write(JsonTree.read(a, JsonTree.RepeatedKey.DUPLICATE_FIELD));
    }
    JsonElement json = JsonText.read(a);
    return switch (operation) {
      case "TYPEOF" -> type(json, a);
      case "PATH" -> text(path(json, b));
      case "GET" -> text(element(json, JsonText.read(b)));
      case "SIZE" -> json instanceof JsonArray array ? String.valueOf(array.size()) : null;
      case "KEYS" -> {
        if (!(json instanceof JsonObject object)) {
          yield null;
        }
        yield texts(new ArrayList<>(new TreeSet<>(object.keySet())));
      }
      case "DELETE" -> {
        JsonObject object = object(json);
        object.remove(b);
        yield JsonText.write(object);
      }
      case "PICK" -> {
        JsonObject picked = new JsonObject();
        JsonObject object = object(json);
        for (JsonElement key : array(b)) {
          JsonElement value = object.get(key.getAsString());
          if (value != null) {
            picked.add(key.getAsString(), value);
          }
        }
        yield JsonText.write(picked);
      }
      case "JOIN" -> join(array(a), b);
      default -> sets(operation, array(a), b, c);
    };
  }

  private static @Nullable String sets(String operation, JsonArray array, String b, String c) {
    switch (operation) {
      case "SLICE" -> {
        int size = array.size();
        int from = bound(new BigInteger(b), size);
        int to = bound(new BigInteger(c), size);
        JsonArray slice = new JsonArray();
        for (int i = from; i < to; i++) {
          slice.add(array.get(i));
        }
        return JsonText.write(slice);
      }
      case "DISTINCT" -> {
        return written(new LinkedHashSet<>(list(array)));
      }
      case "SORT" -> {
        List<String> sorted = list(array);
        sorted.sort(java.util.Comparator.comparing(JsonText::sortKey));
        return written(sorted);
      }
      case "FLATTEN" -> {
        JsonArray flat = new JsonArray();
        for (JsonElement each : array) {
          if (!(each instanceof JsonArray inner)) {
            throw SqlError.of("100107", "22000", "Not an array: '" + JsonText.write(each) + "'");
          }
          flat.addAll(inner);
        }
        return JsonText.write(flat);
      }
      case "REMOVE" -> {
        List<String> kept = list(array);
        String unwanted = JsonText.canonical(b);
        kept.removeIf(each -> each.equals(unwanted));
        return written(kept);
      }
      case "COMPACT" -> {
        List<String> kept = list(array);
        kept.removeIf(each -> each.equals("null"));
        return written(kept);
      }
      default -> {
        // The others have a second value.
      }
    }
    if (operation.equals("CONTAINS") || operation.equals("POSITION")) {
      int index = list(array).indexOf(JsonText.canonical(b));
      return operation.equals("CONTAINS")
          ? String.valueOf(index >= 0)
          : index < 0 ? null : String.valueOf(index);
    }
    List<String> left = list(array);
    List<String> right = list(array(b));
    return switch (operation) {
      case "CAT" -> {
        left.addAll(right);
        yield written(left);
      }
      case "EXCEPT" -> {
        right.forEach(left::remove);
        yield written(left);
      }
      case "INTERSECTION" -> {
        List<String> common = new ArrayList<>();
        for (String each : left) {
          if (right.remove(each)) {
            common.add(each);
          }
        }
        yield written(common);
      }
      case "OVERLAP" -> String.valueOf(left.stream().anyMatch(right::contains));
      default -> throw SqlError.unsupported("JSON function " + operation);
    };
  }

  private static int bound(BigInteger index, int size) {
    BigInteger most = BigInteger.valueOf(size);
    BigInteger position = index.signum() < 0 ? most.add(index) : index;
    return position.min(most).max(BigInteger.ZERO).intValueExact();
  }

  private static String parsed(String json, @Nullable String parameter) {
    return switch (String.valueOf(parameter)) {
      case "", "s" -> JsonText.canonical(json);
      case "d" -> JsonText.write(JsonTree.read(json, JsonTree.RepeatedKey.LAST_COUNTS));
      default -> throw SqlError.unsupported("PARSE_JSON with the parameter " + parameter);
    };
  }

  private static @Nullable String tried(String json, @Nullable String parameter) {
    try {
      return parsed(json, parameter);
    } catch (SqlError e) {
      if (e.sqlState().equals("0A000")) {
        throw e;
      }
      return null;
    }
  }

  /** Source: TYPEOF. */
  private static String type(JsonElement json, String text) {
    if (json instanceof JsonObject) {
      return "OBJECT";
    }
    if (json instanceof JsonArray) {
      return "ARRAY";
    }
    if (json instanceof JsonPrimitive primitive) {
      if (primitive.isString()) {
        return "VARCHAR";
      }
      if (primitive.isBoolean()) {
        return "BOOLEAN";
      }
      if (text.indexOf('e') >= 0) {
        return "DOUBLE";
      }
      return text.indexOf('.') >= 0 ? "DECIMAL" : "INTEGER";
    }
    return "NULL_VALUE";
  }

  private static @Nullable JsonElement element(JsonElement json, JsonElement index) {
    if (index instanceof JsonPrimitive key) {
      if (json instanceof JsonObject object && key.isString()) {
        return object.get(key.getAsString());
      }
      if (json instanceof JsonArray array && key.isNumber()) {
        BigDecimal i = key.getAsBigDecimal();
        boolean inside = i.signum() >= 0 && i.compareTo(BigDecimal.valueOf(array.size())) < 0;
        return inside ? array.get(i.intValue()) : null;
      }
    }
    return null;
  }

  /** Follows a path such as {@code a.b[0]["c d"]}. */
  static @Nullable JsonElement path(JsonElement json, String path) {
    JsonElement at = json;
    TokenStream in = TokenStream.of(path);
    boolean first = true;
    while (at != null && !in.atEnd()) {
      if (in.acceptOperator("[")) {
        Token token = in.next();
        boolean number = token.kind() == Token.Kind.NUMBER;
        String key = token.value();
        at = element(at, number ? new JsonPrimitive(new BigDecimal(key)) : new JsonPrimitive(key));
        in.expectOperator("]");
      } else {
        if (!first) {
          in.expectOperator(".");
        }
        Token key = in.next();
        String name = key.kind() == Token.Kind.WORD ? key.text() : key.value();
        at = element(at, new JsonPrimitive(name));
      }
      first = false;
    }
    return at;
  }

  private static String insert(
      String a, @Nullable String key, @Nullable String value, boolean update) {
    JsonObject object = object(JsonText.read(a));
    if (key == null || value == null) {
      return JsonText.write(object);
    }
    if (object.has(key) && !update) {
      throw JsonTree.duplicateField(key);
    }
    object.add(key, JsonText.read(value));
    return JsonText.write(object);
  }

  /** The mode, then elements, or keys and values in turn; values are JSON or NULL. */
  static String build(@Nullable String[] arguments) {
    String mode = String.valueOf(arguments[0]);
    if (mode.startsWith("ARRAY")) {
      JsonArray array = new JsonArray();
      for (int i = 1; i < arguments.length; i++) {
        if (arguments[i] != null || mode.equals("ARRAY")) {
          array.add(JsonText.orNull(arguments[i]));
        }
      }
      return JsonText.write(array);
    }
    JsonObject object = new JsonObject();
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      String key = arguments[i];
      String value = arguments[i + 1];
      if (key != null && (value != null || mode.equals("OBJECT_KEEP"))) {
        if (object.has(key)) {
          throw JsonTree.duplicateField(key);
        }
        object.add(key, JsonText.orNull(value));
      }
    }
    return JsonText.write(object);
  }

  private static String join(JsonArray array, String separator) {
    List<String> parts = new ArrayList<>();
    for (JsonElement each : array) {
      boolean text = each instanceof JsonPrimitive primitive && primitive.isString();
      parts.add(each.isJsonNull() ? "" : text ? each.getAsString() : JsonText.write(each));
    }
    return String.join(separator, parts);
  }

  private static JsonArray array(String json) {
    JsonElement element = JsonText.read(json);
    if (element instanceof JsonArray array) {
      return array;
    }
    JsonArray single = new JsonArray();
    single.add(element);
    return single;
  }

  private static JsonObject object(JsonElement json) {
    if (json instanceof JsonObject object) {
      return object;
    }
    throw SqlError.of(
        "100071", "22000", "Failed to cast variant value " + JsonText.write(json) + " to OBJECT");
  }

  private static List<String> list(JsonArray array) {
    List<String> all = new ArrayList<>();
    for (JsonElement each : array) {
      all.add(JsonText.write(each));
    }
    return all;
  }

  private static String written(Iterable<String> elements) {
    return "[" + String.join(",", elements) + "]";
  }

  private static String texts(List<String> values) {
    List<String> quoted = new ArrayList<>();
    for (String value : values) {
      quoted.add(JsonText.quote(value));
    }
    return written(quoted);
  }

  private static @Nullable String text(@Nullable JsonElement element) {
    return element == null ? null : JsonText.write(element);
  }

  static Set<String> keys(JsonObject object) {
    return new TreeSet<>(object.keySet());
  }
}
