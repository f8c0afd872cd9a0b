package io.refract.snowflake.embedded.sql;

import com.google.common.base.Ascii;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables and aliases that the expressions of one SELECT see. */
final class Scope {

  /** The output of a table, subquery or function; null when its columns are not known. */
  record Source(String alias, @Nullable Map<String, Kind> columns) {}

  private final @Nullable Scope parent;
  private final List<Source> sources = new ArrayList<>();
  private final Map<String, Kind> aliases = new LinkedHashMap<>();
  private final List<Expr> items = new ArrayList<>();

  Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  @Nullable Scope parent() {
    return parent;
  }

  void add(Source source) {
    sources.add(source);
  }

  List<Source> sources() {
    return sources;
  }

  /** Remembers an item of the select list. */
  void item(Expr item) {
    items.add(item);
  }

  /** The item of the select list at a position from 1, or null when there is none. */
  @Nullable Expr item(int position) {
    return position >= 1 && position <= items.size() ? items.get(position - 1) : null;
  }

  void alias(String name, Kind kind) {
    aliases.putIfAbsent(name, kind);
  }

  /** Finds the kind of a column. */
  Kind column(@Nullable String qualifier, String name) {
    boolean open = false;
    for (Source source : sources) {
      if (qualifier != null && !source.alias().equals(qualifier)) {
        continue;
      }
      Map<String, Kind> columns = source.columns();
      if (columns == null) {
        open = true;
      } else {
        Kind kind = columns.get(name);
        if (kind != null) {
          return kind;
        }
      }
    }
    if (open) {
      return Kind.UNKNOWN;
    }
    if (qualifier == null) {
      Kind alias = aliases.get(name);
      if (alias != null) {
        return alias;
      }
    }
    refuseOtherCase(qualifier, name);
    return parent == null ? Kind.UNKNOWN : parent.column(qualifier, name);
  }

  /**
   * The columns of {@code *} or {@code t.*}, or null when they are not all known or share a name.
   */
  @Nullable Map<String, Kind> star(@Nullable String qualifier) {
    Map<String, Kind> all = new LinkedHashMap<>();
    for (Source source : sources) {
      if (qualifier != null && !source.alias().equals(qualifier)) {
        continue;
      }
      Map<String, Kind> columns = source.columns();
      if (columns == null) {
        return null;
      }
      for (Map.Entry<String, Kind> column : columns.entrySet()) {
        if (all.putIfAbsent(column.getKey(), column.getValue()) != null) {
          return null;
        }
      }
    }
    return all;
  }

  /** DuckDB would take {@code "id"} for {@code ID}; Snowflake does not. */
  private void refuseOtherCase(@Nullable String qualifier, String name) {
    for (Source source : sources) {
      Map<String, Kind> columns = source.columns();
      if (columns != null && (qualifier == null || source.alias().equals(qualifier))) {
        for (String column : columns.keySet()) {
          if (Ascii.equalsIgnoreCase(column, name)) {
            throw SqlError.invalidIdentifier(new Identifier(name).sql());
          }
        }
      }
    }
  }
}
