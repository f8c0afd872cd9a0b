package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * The branches of a CASE or the arguments of a COALESCE, brought to one type.
 *
 * @param sql the branches, in their order
 * @param kind their kind
 */
record Unified(List<String> sql, Kind kind) {

  static Unified of(List<Expr> branches) {
    Kind kind = Kind.NULL;
    boolean variant = false;
    for (Expr branch : branches) {
      kind = kind.or(branch.kind());
      variant |= branch.isVariant();
    }
    List<String> sql = new ArrayList<>();
    for (Expr branch : branches) {
      boolean wrap = variant && branch.kind() != Kind.NULL;
      sql.add(wrap ? Casts.variant(branch) : branch.typed());
    }
    return new Unified(sql, variant ? Kind.VARIANT : kind);
  }
}
