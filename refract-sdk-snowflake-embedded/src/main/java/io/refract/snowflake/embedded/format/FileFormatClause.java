package io.refract.snowflake.embedded.format;

import io.refract.snowflake.embedded.engine.Catalog;
import io.refract.snowflake.embedded.engine.CatalogObject;
import io.refract.snowflake.embedded.engine.ObjectKind;
import io.refract.snowflake.embedded.engine.Session;
import io.refract.snowflake.embedded.sql.QualifiedName;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.sql.Token;
import io.refract.snowflake.embedded.sql.TokenStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code FILE_FORMAT = (...)} and the options of CREATE FILE FORMAT. */
public final class FileFormatClause {

  private FileFormatClause() {}

  /**
   * Reads the value of FILE_FORMAT: options in parentheses, a FORMAT_NAME among them, or the name
   * of a format alone.
   *
   * @return the format as {@link FileFormat#toJson}
   * @throws SqlError 002003 when the named format does not exist
   */
  public static String read(TokenStream in, Catalog catalog, Session session) throws SQLException {
    if (!in.acceptOperator("(")) {
      return named(name(in), catalog, session).toJson();
    }
    FileFormat base = null;
    Map<String, String> written = new LinkedHashMap<>();
    while (!in.acceptOperator(")")) {
      if (in.accept("FORMAT_NAME")) {
        in.expectOperator("=");
        base = named(name(in), catalog, session);
      } else {
        option(in, written);
      }
      in.acceptOperator(",");
    }
    if (base == null) {
      return FileFormat.of(written).toJson();
    }
    if (!written.isEmpty()) {
      throw SqlError.syntax("FORMAT_NAME and other file format options cannot be used together.");
    }
    return base.toJson();
  }

  /** Reads one {@code OPTION = value} into a map by upper-case name. */
  static void option(TokenStream in, Map<String, String> written) {
    String name = in.identifier().name().toUpperCase(Locale.ROOT);
    in.expectOperator("=");
    String value;
    if (name.equals("NULL_IF")) {
      value = FileFormat.list(texts(in));
    } else if (in.peek().kind() == Token.Kind.STRING) {
      value = unescape(in.string());
    } else if (in.peek().kind() == Token.Kind.NUMBER) {
      value = String.valueOf(in.integer());
    } else {
      value = in.identifier().name();
    }
    switch (name) {
      case "RECORD_DELIMITER", "FIELD_DELIMITER", "ESCAPE", "ESCAPE_UNENCLOSED_FIELD" ->
          written.put(name, value.equalsIgnoreCase("NONE") ? "NONE" : value);
      case "NULL_IF", "FILE_EXTENSION", "DATE_FORMAT", "TIME_FORMAT", "TIMESTAMP_FORMAT" ->
          written.put(name, value);
      default -> written.put(name, value.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * Returns a format of the catalog.
   *
   * @throws SqlError 002003 when it does not exist
   */
  public static FileFormat named(QualifiedName name, Catalog catalog, Session session)
      throws SQLException {
    QualifiedName.Full full = session.resolve(name);
    CatalogObject object = catalog.find(session, ObjectKind.FILE_FORMAT, full, "");
    if (object == null) {
      throw SqlError.missingObject("File format", full.sql());
    }
    return FileFormat.fromJson(object.attribute(FileFormatStatements.OPTIONS));
  }

  private static QualifiedName name(TokenStream in) {
    return in.peek().kind() == Token.Kind.STRING
        ? QualifiedName.parse(in.string())
        : in.qualifiedName();
  }

  private static List<String> texts(TokenStream in) {
    List<String> texts = new ArrayList<>();
    if (!in.acceptOperator("(")) {
      texts.add(in.string());
      return texts;
    }
    while (!in.acceptOperator(")")) {
      texts.add(in.string());
      in.acceptOperator(",");
    }
    return texts;
  }

  /** Snowflake reads escapes in delimiters once more: '\\t' and '0x1F' are one character each. */
  private static String unescape(String text) {
    if (text.matches("(?:0x|\\\\x)[0-9a-fA-F]{2}")) {
      return String.valueOf((char) Integer.parseInt(text.substring(2), 16));
    }
    return switch (text) {
      case "\\t" -> "\t";
      case "\\n" -> "\n";
      case "\\r" -> "\r";
      case "\\r\\n" -> "\r\n";
      case "\\\\" -> "\\";
      default -> text;
    };
  }
}
