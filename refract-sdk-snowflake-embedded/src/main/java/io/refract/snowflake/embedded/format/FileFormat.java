package io.refract.snowflake.embedded.format;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.refract.snowflake.embedded.sql.SqlError;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How files are read.
 *
 * @param type CSV or JSON
 * @param options the value of every option of the type, by upper-case name
 */
public record FileFormat(FormatType type, Map<String, String> options) {

  private static final String NONE = "NONE";

  /** Copies the options, keeping their order. */
  public FileFormat {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /**
   * Returns a format from the options that were written; the others have their defaults.
   *
   * @param written by upper-case name; TYPE is CSV when it is missing
   * @throws SqlError 001003 when the type has no such option or the value does not fit, 0A000 for a
   *     type or an option that is not covered
   */
  public static FileFormat of(Map<String, String> written) {
    String name = written.getOrDefault("TYPE", "CSV").toUpperCase(Locale.ROOT);
    FormatType type =
        switch (name) {
          case "CSV" -> FormatType.CSV;
          case "JSON" -> FormatType.JSON;
          case "AVRO", "ORC", "PARQUET", "XML", "CUSTOM" ->
              throw SqlError.unsupported("file format TYPE = " + name);
          default -> throw SqlError.syntax("invalid value '" + name + "' for property 'TYPE'.");
        };
    Map<String, String> values = new LinkedHashMap<>(type.defaults());
    written.forEach(
        (option, value) -> {
          if (option.equals("TYPE")) {
            return;
          }
          if (!values.containsKey(option)) {
            throw SqlError.syntax(
                "invalid property '" + option + "' for file format " + type + ".");
          }
          values.put(option, value);
        });
    FileFormat format = new FileFormat(type, values);
    format.validate();
    return format;
  }

  /** Returns the format written as by {@link #toJson}. */
  public static FileFormat fromJson(String json) {
    Map<String, String> written = new LinkedHashMap<>();
    JsonParser.parseString(json)
        .getAsJsonObject()
        .entrySet()
        .forEach(entry -> written.put(entry.getKey(), entry.getValue().getAsString()));
    return of(written);
  }

  /** Returns the type and all options as JSON. */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("TYPE", type.name());
    options.forEach(json::addProperty);
    return json.toString();
  }

  /** Returns the options the way SHOW FILE FORMATS prints them. */
  public String display() {
    JsonObject json = new JsonObject();
    json.addProperty("TYPE", type.name());
    options.forEach(
        (name, value) -> {
          switch (value) {
            case "TRUE", "FALSE" -> json.addProperty(name, value.equals("TRUE"));
            default -> {
              if (name.equals("NULL_IF")) {
                json.add(name, JsonParser.parseString(value));
              } else if (name.equals("SKIP_HEADER")) {
                json.addProperty(name, Integer.valueOf(value));
              } else {
                json.addProperty(name, value);
              }
            }
          }
        });
    return json.toString();
  }

  /** Returns the value of an option of this type. */
  public String text(String option) {
    String value = options.get(option);
    if (value == null) {
      throw new IllegalArgumentException(type + " has no option " + option);
    }
    return value;
  }

  /** Returns the value of an option, or null for NONE or the empty text. */
  public @Nullable String optional(String option) {
    String value = text(option);
    return value.isEmpty() || value.equalsIgnoreCase(NONE) ? null : value;
  }

  /** Returns the value of a switch. */
  public boolean flag(String option) {
    return text(option).equals("TRUE");
  }

  /** Returns the number of records to skip at the start of a file. */
  public int skipHeader() {
    return Integer.parseInt(text("SKIP_HEADER"));
  }

  /** Returns the texts that mean NULL. */
  public List<String> nullIf() {
    List<String> texts = new ArrayList<>();
    JsonParser.parseString(text("NULL_IF"))
        .getAsJsonArray()
        .forEach(element -> texts.add(element.getAsString()));
    return texts;
  }

  /** Returns the character set of the files. */
  public Charset charset() {
    if (type == FormatType.JSON) {
      return StandardCharsets.UTF_8;
    }
    String name = text("ENCODING").toUpperCase(Locale.ROOT).replaceAll("[-_ ]", "");
    return switch (name) {
      case "UTF8" -> StandardCharsets.UTF_8;
      case "ISO88591" -> StandardCharsets.ISO_8859_1;
      case "UTF16" -> StandardCharsets.UTF_16;
      case "UTF16BE" -> StandardCharsets.UTF_16BE;
      case "UTF16LE" -> StandardCharsets.UTF_16LE;
      default -> {
        try {
          yield Charset.forName(name.replaceFirst("^WINDOWS", "windows-"));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
          throw SqlError.syntax(
              "invalid value '" + text("ENCODING") + "' for property 'ENCODING'.");
        }
      }
    };
  }

  /** Returns a list of texts as the value of NULL_IF. */
  static String list(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(text -> array.add(new JsonPrimitive(text)));
    return array.toString();
  }

  private void validate() {
    charset();
    type.defaults()
        .forEach(
            (option, initial) -> {
              boolean isSwitch = initial.equals("TRUE") || initial.equals("FALSE");
              String value = text(option);
              if (isSwitch && !value.equals("TRUE") && !value.equals("FALSE")) {
                throw invalid(option);
              }
            });
    if (type == FormatType.CSV) {
      validateCsv();
    } else if (flag("ENABLE_OCTAL")) {
      throw SqlError.unsupported("ENABLE_OCTAL of file format JSON");
    }
    switch (text("COMPRESSION")) {
      case "AUTO", "GZIP", "DEFLATE", "RAW_DEFLATE", NONE -> {}
      case "BZ2", "BROTLI", "ZSTD" ->
          throw SqlError.unsupported("COMPRESSION = " + text("COMPRESSION"));
      default -> throw invalid("COMPRESSION");
    }
  }

  private void validateCsv() {
    if (!text("SKIP_HEADER").matches("\\d{1,9}")) {
      throw invalid("SKIP_HEADER");
    }
    String quote = optional("FIELD_OPTIONALLY_ENCLOSED_BY");
    if (quote != null && !quote.equals("\"") && !quote.equals("'")) {
      throw invalid("FIELD_OPTIONALLY_ENCLOSED_BY");
    }
    for (String option : List.of("ESCAPE", "ESCAPE_UNENCLOSED_FIELD")) {
      String value = optional(option);
      if (value != null && value.length() != 1) {
        throw invalid(option);
      }
    }
    if (flag("PARSE_HEADER") && skipHeader() > 0) {
      throw SqlError.syntax("PARSE_HEADER and SKIP_HEADER cannot be used together.");
    }
    if (!flag("MULTI_LINE")) {
      throw SqlError.unsupported("MULTI_LINE = FALSE of file format CSV");
    }
  }

  private SqlError invalid(String option) {
    return SqlError.syntax("invalid value '" + text(option) + "' for property '" + option + "'.");
  }
}
