package io.refract.snowflake.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A JDBC driver that answers each statement with one row of fixed values, or fails. */
public final class FakeDriver implements Driver {

  public final String url = "jdbc:fake:" + System.identityHashCode(this);
  public final List<String> statements = new ArrayList<>();
  public final List<Properties> connections = new ArrayList<>();
  public final List<@Nullable Object> row = new ArrayList<>();
  public @Nullable SQLException failure;
  public int open;
  private final TreeMap<Integer, @Nullable Object> binds = new TreeMap<>();

  /** A failure as the driver's own exceptions look like. */
  public static final class FakeException extends SQLException {
    private static final long serialVersionUID = 1L;

    public FakeException(String message, String state, int code) {
      super(message, state, code);
    }

    public String getQueryId() {
      return "01ab-cd";
    }
  }

  @Override
  public @Nullable Connection connect(String address, Properties properties) throws SQLException {
    if (!acceptsURL(address)) {
      return null;
    }
    connections.add(properties);
    open++;
    return proxy(
        Connection.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "createStatement" -> statement("");
              case "prepareStatement" -> statement((String) arguments[0]);
              case "close" -> {
                open--;
                yield null;
              }
              default -> throw new UnsupportedOperationException(method.getName());
            });
  }

  private PreparedStatement statement(String prepared) {
    return proxy(
        PreparedStatement.class,
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "setObject" -> {
              return binds.put((Integer) arguments[0], arguments[1]);
            }
            case "setNull" -> {
              return binds.put((Integer) arguments[0], null);
            }
            case "execute" -> {
              statements.add(
                  arguments == null ? prepared + " " + binds.values() : (String) arguments[0]);
              if (failure != null) {
                throw failure;
              }
              return !row.isEmpty();
            }
            case "getResultSet" -> {
              return results();
            }
            case "getUpdateCount" -> {
              return 3;
            }
            case "close" -> {
              return null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
          }
        });
  }

  private ResultSet results() {
    boolean[] read = {false};
    return proxy(
        ResultSet.class,
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "getMetaData" -> {
              return proxy(
                  ResultSetMetaData.class,
                  (meta, call, position) ->
                      call.getName().equals("getColumnCount")
                          ? (Object) row.size()
                          : "COLUMN" + position[0]);
            }
            case "next" -> {
              boolean more = !read[0];
              read[0] = true;
              return more;
            }
            case "getObject" -> {
              return row.get((Integer) arguments[0] - 1);
            }
            case "close" -> {
              return null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
          }
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(FakeDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public boolean acceptsURL(String address) {
    return address.equals(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String address, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("fake");
  }

  @Override
  public String toString() {
    return url + Arrays.asList(statements);
  }
}
