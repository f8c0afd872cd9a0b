package io.refract.snowflake.function;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function that exists in Snowflake, with any number of arguments. Thread-safe. */
public final class UserFunction {

  private final SqlSession session;
  private final ObjectName name;
  private final ImmutableList<String> argumentTypes;

  private UserFunction(SqlSession session, ObjectName name, List<String> argumentTypes) {
    this.session = session;
    this.name = name;
    this.argumentTypes =
        argumentTypes.stream()
            .map(type -> new SqlType(type).sql())
            .collect(ImmutableList.toImmutableList());
  }

  /**
   * Returns the function of a name and argument types.
   *
   * @param argumentTypes the SQL types of its arguments, for example {@code VARCHAR}
   */
  public static UserFunction of(SqlSession session, ObjectName name, List<String> argumentTypes) {
    return new UserFunction(session, name, argumentTypes);
  }

  /** Returns the name. */
  public ObjectName name() {
    return name;
  }

  /** Returns the SQL types of the arguments. */
  public List<String> argumentTypes() {
    return argumentTypes;
  }

  /**
   * Calls the function once.
   *
   * @param values one value for each argument; null for NULL
   * @return what JDBC reads from the result; null for NULL
   */
  public @Nullable Object call(@Nullable Object... values) {
    checkArgument(
        values.length == argumentTypes.size(),
        "%s takes %s arguments but %s were given",
        name,
        argumentTypes.size(),
        values.length);
    String marks = String.join(", ", Collections.nCopies(values.length, "?"));
    return session.query("SELECT " + name.sql() + "(" + marks + ")", values).get(0).value(0);
  }

  /**
   * Returns the function with Java types.
   *
   * @throws IllegalStateException when it does not take exactly one argument
   */
  public <I, O> ScalarFunction<I, O> as(Class<I> input, Class<O> output) {
    return ScalarFunction.of(this, session, input, output);
  }

  /** Drops the function, if it exists. */
  public void drop() {
    session.execute(
        "DROP FUNCTION IF EXISTS " + name.sql() + "(" + String.join(", ", argumentTypes) + ")");
  }

  /** Returns the name and the argument types. */
  @Override
  public String toString() {
    return name.sql() + "(" + String.join(", ", argumentTypes) + ")";
  }
}
