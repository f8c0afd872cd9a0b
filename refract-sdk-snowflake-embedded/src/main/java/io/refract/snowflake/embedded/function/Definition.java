package io.refract.snowflake.embedded.function;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.refract.snowflake.embedded.sql.Identifier;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SnowflakeType;
import io.refract.snowflake.embedded.sql.SqlError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What CREATE FUNCTION says.
 *
 * @param name the full name
 * @param arguments in order
 * @param returns the type of the result; VARCHAR, and of no meaning, for a table function
 * @param table the columns of a table function; empty for a scalar one
 * @param options everything else
 */
record Definition(
    QualifiedName.Full name,
    List<Argument> arguments,
    SnowflakeType returns,
    List<Argument> table,
    Options options) {

  /**
   * An argument of a function, or a column of a table function.
   *
   * @param name the name
   * @param type the type
   * @param defaultSql the default as Snowflake SQL, or null
   */
  record Argument(Identifier name, SnowflakeType type, @Nullable String defaultSql) {}

  /**
   * The clauses of CREATE FUNCTION.
   *
   * @param language the language
   * @param secure whether it is SECURE
   * @param strict whether a NULL argument gives NULL without a call
   * @param immutable whether it is IMMUTABLE
   * @param notNull whether it RETURNS NOT NULL
   * @param runtimeVersion RUNTIME_VERSION, or the empty text
   * @param imports IMPORTS, each with the full name of its stage
   * @param packages PACKAGES as written
   * @param repository ARTIFACT_REPOSITORY in upper case, or null
   * @param handler HANDLER, or null
   * @param body the text after AS, or null
   * @param comment COMMENT, or the empty text
   */
  record Options(
      Language language,
      boolean secure,
      boolean strict,
      boolean immutable,
      boolean notNull,
      String runtimeVersion,
      List<String> imports,
      List<String> packages,
      @Nullable String repository,
      @Nullable String handler,
      @Nullable String body,
      String comment) {}

  /** Copies the lists. */
  Definition {
    arguments = List.copyOf(arguments);
    table = List.copyOf(table);
  }

  /** Tells whether the function gives rows. */
  boolean isTable() {
    return !table.isEmpty();
  }

  /** Returns the types of the arguments. */
  List<SnowflakeType> argumentTypes() {
    return arguments.stream().map(Argument::type).toList();
  }

  /** Returns whether rows with a NULL argument are left out. */
  boolean strict() {
    return options.strict();
  }

  /** Returns the smallest number of arguments of a call. */
  int requiredArguments() {
    return (int) arguments.stream().filter(argument -> argument.defaultSql() == null).count();
  }

  /** Returns the types by which the catalog distinguishes overloads, {@code (NUMBER, VARCHAR)}. */
  String types() {
    return types(argumentTypes());
  }

  /** Returns types as the catalog keeps them. */
  static String types(List<SnowflakeType> types) {
    return types.stream()
        .map(type -> type.base().name())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Returns the name and the types, for messages. */
  String signature() {
    return name.name().sql() + types();
  }

  /** Returns the handler. */
  String requireHandler() {
    String handler = options.handler();
    if (handler == null) {
      throw SqlError.syntax("Missing option(s): [HANDLER]");
    }
    return handler;
  }

  /** Returns what the catalog keeps; {@link #fromAttributes} reads it. */
  Map<String, String> toAttributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    String result = isTable() ? "TABLE " + columns(table) : returns.sql();
    attributes.put("signature", columns(arguments));
    attributes.put("returns", result);
    attributes.put("language", options.language().name());
    attributes.put(
        "null handling", options.strict() ? "RETURNS NULL ON NULL INPUT" : "CALLED ON NULL INPUT");
    attributes.put("volatility", options.immutable() ? "IMMUTABLE" : "VOLATILE");
    attributes.put("body", options.body() == null ? "" : options.body());
    if (options.language() != Language.SQL) {
      attributes.put("runtime_version", options.runtimeVersion());
      attributes.put("imports", listed(options.imports(), ""));
      attributes.put("handler", options.handler() == null ? "" : options.handler());
      boolean repository = options.repository() != null;
      attributes.put("packages", repository ? "[]" : listed(options.packages(), "'"));
      if (repository) {
        attributes.put("artifact_repository", String.valueOf(options.repository()));
        attributes.put("artifact_repository_packages", listed(options.packages(), "'"));
      }
    }
    attributes.put(
        "arguments",
        name.name().sql()
            + arguments.stream()
                .map(a -> (a.defaultSql() == null ? "" : "DEFAULT ") + a.type().base())
                .collect(Collectors.joining(", ", "(", ")"))
            + " RETURN "
            + (isTable()
                ? "TABLE ("
                    + table.stream()
                        .map(c -> c.type().base().name())
                        .collect(Collectors.joining(", "))
                    + ")"
                : returns.base().name()));
    attributes.put("table_function", isTable() ? "Y" : "N");
    attributes.put("min_arguments", String.valueOf(requiredArguments()));
    attributes.put("max_arguments", String.valueOf(arguments.size()));
    attributes.put("secure", options.secure() ? "Y" : "N");
    attributes.put("comment", options.comment());
    attributes.put("definition", toJson().toString());
    return attributes;
  }

  /** Reads what {@link #toAttributes} wrote. */
  static Definition fromAttributes(QualifiedName.Full name, Map<String, String> attributes) {
    JsonObject json = JsonParser.parseString(attributes.get("definition")).getAsJsonObject();
    return new Definition(
        name,
        arguments(json.getAsJsonArray("arguments")),
        SnowflakeType.parse(json.get("returns").getAsString()),
        arguments(json.getAsJsonArray("table")),
        OptionsJson.read(json.getAsJsonObject("options")));
  }

  private JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.add("arguments", json(arguments));
    json.addProperty("returns", returns.sql());
    json.add("table", json(table));
    json.add("options", OptionsJson.write(options));
    return json;
  }

  private static JsonArray json(List<Argument> arguments) {
    JsonArray array = new JsonArray();
    for (Argument argument : arguments) {
      JsonObject json = new JsonObject();
      json.addProperty("name", argument.name().name());
      json.addProperty("type", argument.type().sql());
      json.addProperty("default", argument.defaultSql());
      array.add(json);
    }
    return array;
  }

  private static List<Argument> arguments(JsonArray array) {
    List<Argument> arguments = new ArrayList<>();
    for (JsonElement element : array) {
      JsonObject json = element.getAsJsonObject();
      arguments.add(
          new Argument(
              new Identifier(json.get("name").getAsString()),
              SnowflakeType.parse(json.get("type").getAsString()),
              OptionsJson.optional(json, "default")));
    }
    return arguments;
  }

  private static String columns(List<Argument> columns) {
    return columns.stream()
        .map(column -> column.name().sql() + " " + column.type().sql())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String listed(List<String> texts, String quote) {
    return texts.stream()
        .map(text -> quote + text + quote)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
