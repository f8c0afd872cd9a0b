package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CASE and DECODE: the first branch whose condition holds gives the value. */
final class Choice {

  private static final String SUBJECT = Identifier.quote("__SUBJECT");

  private final @Nullable Expr subject;
  private final String operator;
  private final List<String> conditions = new ArrayList<>();
  private final List<Expr> results = new ArrayList<>();

  /**
   * Starts without branches.
   *
   * @param subject what is compared with each branch, or null when the branches are conditions
   * @param operator how it is compared
   */
  Choice(@Nullable Expr subject, String operator) {
    this.subject = subject;
    this.operator = operator;
  }

  void when(Expr when, Expr result) {
    conditions.add(
        subject == null
            ? Casts.truth(when)
            : Comparisons.compare(isVolatile() ? held(subject) : subject, operator, when).sql());
    results.add(result);
  }

  boolean isEmpty() {
    return conditions.isEmpty();
  }

  Expr otherwise(@Nullable Expr result) {
    if (result != null) {
      results.add(result);
    }
    Unified unified = Unified.of(results);
    StringBuilder sql = new StringBuilder("(CASE");
    for (int i = 0; i < conditions.size(); i++) {
      sql.append(" WHEN ").append(conditions.get(i)).append(" THEN ").append(unified.sql().get(i));
    }
    if (result != null) {
      sql.append(" ELSE ").append(unified.sql().get(conditions.size()));
    }
    sql.append(" END)");
    if (subject != null && isVolatile()) {
      if (sql.indexOf("(SELECT ") >= 0 || sql.indexOf("(WITH ") >= 0) {
        throw SqlError.unsupported("a subquery in a branch of a CASE over RANDOM()");
      }
      // DuckDB computes the subject of a CASE anew for each branch, so that random branches could
      // all be missed. The only element of a list is computed once.
      sql.insert(0, "(list_transform([" + subject.typed() + "], lambda " + SUBJECT + ": ");
      sql.append(")[1])");
    }
    return Expr.of(sql.toString(), unified.kind());
  }

  private boolean isVolatile() {
    return subject != null && subject.sql().contains("random()");
  }

  private static Expr held(Expr subject) {
    return new Expr(SUBJECT, subject.kind(), subject.scale(), null);
  }
}
