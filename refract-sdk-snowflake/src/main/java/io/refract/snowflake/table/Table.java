package io.refract.snowflake.table;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.refract.data.TextPairs;
import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A table or view whose rows are to be read. Immutable and thread-safe.
 *
 * <pre>{@code
 * Split tickets =
 *     Dataset.of(snowflake.table("ML.PUBLIC.TICKETS").dataset("REQUEST", "CATEGORY"))
 *         .holdOut(0.1, 42);
 * }</pre>
 */
public final class Table {

  private final SqlSession session;
  private final ObjectName name;
  private final ImmutableList<Identifier> order;

  private Table(SqlSession session, ObjectName name, ImmutableList<Identifier> order) {
    this.session = session;
    this.name = name;
    this.order = order;
  }

  /**
   * Returns a table, whether it exists or not.
   *
   * @param session runs the queries
   * @param name its name
   */
  public static Table of(SqlSession session, ObjectName name) {
    return new Table(
        requireNonNull(session, "session"), requireNonNull(name, "name"), ImmutableList.of());
  }

  /**
   * Returns the same table read in the order of some columns, for example of its key. Rows that are
   * equal in those are ordered by their texts.
   *
   * @param columns their names, as SQL reads them
   */
  public Table orderBy(String... columns) {
    checkArgument(columns.length > 0, "name at least 1 column to order %s by", name);
    return new Table(
        session,
        name,
        Arrays.stream(columns).map(Identifier::parse).collect(ImmutableList.toImmutableList()));
  }

  /**
   * Returns the pairs of two columns. Each reading runs the query anew and fetches the rows while
   * they are consumed; cells that are NULL come as null.
   *
   * <p>A table has no order of its own. Its rows are ordered by {@link #orderBy}, then by the texts
   * themselves, so that the same rows give the same data set, digest and split.
   *
   * @param source the column to learn from, as SQL reads its name: {@code request} and {@code
   *     REQUEST} are one, {@code "request"} in quotes another
   * @param target the column to learn
   */
  public TextPairs dataset(String source, String target) {
    Identifier from = Identifier.parse(source);
    Identifier to = Identifier.parse(target);
    return new ColumnPairs(
        session, "Snowflake table " + name, sql(from, to), List.of(), from.name(), to.name());
  }

  private String sql(Identifier source, Identifier target) {
    Set<Identifier> columns = new LinkedHashSet<>(order);
    columns.add(source);
    columns.add(target);
    return """
        SELECT T.%s, T.%s
        FROM %s AS T
        ORDER BY %s"""
        .formatted(
            source.sql(),
            target.sql(),
            name.sql(),
            columns.stream().map(column -> "T." + column.sql()).collect(Collectors.joining(", ")));
  }

  /** Returns the name for SQL text. */
  @Override
  public String toString() {
    return name.sql();
  }
}
