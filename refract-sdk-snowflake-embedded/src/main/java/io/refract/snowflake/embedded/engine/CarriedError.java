package io.refract.snowflake.embedded.engine;

import com.google.common.io.BaseEncoding;
import io.refract.snowflake.embedded.sql.SqlError;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Snowflake error on its way through DuckDB.
 *
 * <p>DuckDB keeps of an exception in a Java function its text only. So code, SQLState and message
 * are written into the text, and read out of DuckDB's error again.
 */
public final class CarriedError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final BaseEncoding ENCODING = BaseEncoding.base64Url().omitPadding();
  private static final Pattern CARRIED =
      Pattern.compile("snowflake-error:(\\w{6}):(\\w{5}):([A-Za-z0-9_-]*);");

  /** Wraps an error that a Java function throws to DuckDB. */
  public CarriedError(SqlError error) {
    super(
        "snowflake-error:"
            + error.code()
            + ":"
            + error.sqlState()
            + ":"
            + ENCODING.encode(error.text().getBytes(StandardCharsets.UTF_8))
            + ";",
        error);
  }

  /** Returns the error that a message of DuckDB carries, or null. */
  public static @Nullable SqlError find(String message) {
    Matcher matcher = CARRIED.matcher(message);
    if (!matcher.find()) {
      return null;
    }
    String text = new String(ENCODING.decode(matcher.group(3)), StandardCharsets.UTF_8);
    return SqlError.of(matcher.group(1), matcher.group(2), text);
  }
}
