package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name with an optional schema and database, {@code DB.SCHEMA.NAME}.
 *
 * @param database the database, or null; only with a schema
 * @param schema the schema, or null
 * @param name the last part
 */
public record QualifiedName(
    @Nullable Identifier database, @Nullable Identifier schema, Identifier name) {

  /** Checks that a database comes with a schema. */
  public QualifiedName {
    if (database != null && schema == null) {
      throw new IllegalArgumentException("A database without a schema: " + database);
    }
  }

  /** Returns an unqualified name. */
  public static QualifiedName of(Identifier name) {
    return new QualifiedName(null, null, name);
  }

  /** Parses a name as written in SQL, one to three parts. */
  public static QualifiedName parse(String sql) {
    TokenStream in = TokenStream.of(sql);
    QualifiedName name = in.qualifiedName();
    in.expectEnd();
    return name;
  }

  /** Tells whether a schema is given. */
  public boolean isQualified() {
    return schema != null;
  }

  /**
   * Fills in what is missing.
   *
   * @param currentDatabase the session's database, or null when it has none
   * @param currentSchema the session's schema, or null when it has none
   * @throws SqlError 090105 or 090106 when a missing part has no current value
   */
  public Full resolve(@Nullable Identifier currentDatabase, @Nullable Identifier currentSchema) {
    Identifier resolvedDatabase = database == null ? currentDatabase : database;
    if (resolvedDatabase == null) {
      throw SqlError.noCurrentDatabase();
    }
    Identifier resolvedSchema = schema == null ? currentSchema : schema;
    if (resolvedSchema == null) {
      throw SqlError.noCurrentSchema();
    }
    return new Full(resolvedDatabase, resolvedSchema, name);
  }

  /** Returns the parts as Snowflake prints them. */
  public String sql() {
    List<String> parts = new ArrayList<>();
    if (database != null) {
      parts.add(database.sql());
    }
    if (schema != null) {
      parts.add(schema.sql());
    }
    parts.add(name.sql());
    return String.join(".", parts);
  }

  @Override
  public String toString() {
    return sql();
  }

  /**
   * A name with all its parts.
   *
   * @param database the database
   * @param schema the schema
   * @param name the object
   */
  public record Full(Identifier database, Identifier schema, Identifier name) {

    /** Returns the parts as Snowflake prints them. */
    public String sql() {
      return database.sql() + "." + schema.sql() + "." + name.sql();
    }

    /** Returns the name of the DuckDB schema that stands for this Snowflake schema, unquoted. */
    public String duckDbSchema() {
      return QualifiedName.duckDbSchema(database, schema);
    }

    /** Returns the quoted name in DuckDB: {@code "DB.SCHEMA"."NAME"}. */
    public String duckDb() {
      return Identifier.quote(duckDbSchema()) + "." + name.quoted();
    }

    @Override
    public String toString() {
      return sql();
    }
  }

  /**
   * Returns the name of the DuckDB schema that stands for a Snowflake schema, unquoted: {@code
   * DB.SCHEMA}. A point inside a name is doubled, so that two schemas never share one.
   */
  public static String duckDbSchema(Identifier database, Identifier schema) {
    return database.name().replace(".", "..") + "." + schema.name().replace(".", "..");
  }
}
