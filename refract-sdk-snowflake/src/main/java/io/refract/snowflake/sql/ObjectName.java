package io.refract.snowflake.sql;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import java.util.List;
import java.util.Optional;

/**
 * The name of a schema object, with or without its schema and database.
 *
 * @param parts database, schema and object, or only the last one or two of them
 */
public record ObjectName(List<Identifier> parts) {

  /** Copies the parts and checks that there are one to three. */
  public ObjectName {
    parts = ImmutableList.copyOf(parts);
    checkArgument(
        !parts.isEmpty() && parts.size() <= 3, "a name must have 1 to 3 parts but has %s", parts);
  }

  /**
   * Reads a name as Snowflake does, for example {@code ml.public."My Table"}.
   *
   * @throws IllegalArgumentException when it is no name, or has more than three parts
   */
  public static ObjectName parse(String text) {
    ImmutableList.Builder<Identifier> parts = ImmutableList.builder();
    int at = 0;
    while (true) {
      int end = endOfPart(text, at);
      String part = text.substring(at, end);
      parts.add(
          part.startsWith("\"")
              ? new Identifier(part.substring(1, part.length() - 1).replace("\"\"", "\""))
              : Identifier.unquoted(part, text));
      if (end == text.length()) {
        return new ObjectName(parts.build());
      }
      checkArgument(text.charAt(end) == '.', "expected a dot after %s in '%s'", part, text);
      at = end + 1;
    }
  }

  private static int endOfPart(String text, int start) {
    if (start >= text.length() || text.charAt(start) != '"') {
      int dot = text.indexOf('.', start);
      return dot < 0 ? text.length() : dot;
    }
    int at = start + 1;
    while (true) {
      int quote = text.indexOf('"', at);
      checkArgument(quote >= 0, "a double quote is missing at the end of '%s'", text);
      if (quote + 1 >= text.length() || text.charAt(quote + 1) != '"') {
        return quote + 1;
      }
      at = quote + 2;
    }
  }

  /** Returns the object's own name. */
  public Identifier last() {
    return Iterables.getLast(parts);
  }

  /** Returns the schema, with its database when that is known, or empty for a bare name. */
  public Optional<ObjectName> schema() {
    return parts.size() == 1
        ? Optional.empty()
        : Optional.of(new ObjectName(parts.subList(0, parts.size() - 1)));
  }

  /**
   * Returns this name with the parts that it lacks taken from another object, so that both lie in
   * the same schema. A name that has a schema already stays as it is, apart from the database.
   */
  public ObjectName besides(ObjectName other) {
    int missing = other.parts.size() - parts.size();
    return missing <= 0
        ? this
        : new ObjectName(
            ImmutableList.<Identifier>builder()
                .addAll(other.parts.subList(0, missing))
                .addAll(parts)
                .build());
  }

  /** Returns the name for SQL text. */
  public String sql() {
    return parts.stream().map(Identifier::sql).collect(joining("."));
  }

  /** Returns {@link #sql()}. */
  @Override
  public String toString() {
    return sql();
  }
}
