package io.refract.snowflake.embedded.engine;

import io.refract.snowflake.embedded.sql.QualifiedName;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A stage, file format, function or procedure.
 *
 * <p>The attributes hold the whole definition. SHOW and DESCRIBE print some of them: {@code
 * comment} of every kind; of functions {@code arguments} (for example {@code ADD_ONE(NUMBER) RETURN
 * NUMBER}), {@code language}, {@code table_function} (Y or N), {@code min_arguments}, {@code
 * max_arguments}, {@code secure} (Y or N); of stages {@code type}, {@code directory_enabled} (Y or
 * N); of file formats {@code type} and {@code format_options}.
 *
 * @param kind what it is
 * @param name its full name
 * @param signature of functions and procedures the argument types, for example {@code (NUMBER,
 *     VARCHAR)}; else empty
 * @param temporary whether it belongs to its session only and vanishes with it
 * @param owner the role that created it
 * @param createdOn when it was created
 * @param attributes its definition, in the order of DESCRIBE
 */
public record CatalogObject(
    ObjectKind kind,
    QualifiedName.Full name,
    String signature,
    boolean temporary,
    String owner,
    OffsetDateTime createdOn,
    Map<String, String> attributes) {

  /** Copies the attributes, keeping their order. */
  public CatalogObject {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** Returns an object that a session creates now. */
  public static CatalogObject create(
      ObjectKind kind,
      QualifiedName.Full name,
      String signature,
      boolean temporary,
      Session session,
      Map<String, String> attributes) {
    return new CatalogObject(
        kind,
        name,
        signature,
        temporary,
        session.role(),
        OffsetDateTime.now(ZoneOffset.UTC),
        attributes);
  }

  /** Returns an attribute, or the empty text. */
  public String attribute(String key) {
    return attributes.getOrDefault(key, "");
  }
}
