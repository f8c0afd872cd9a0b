package io.refract.snowflake.embedded.stage;

import java.io.InputStream;
import java.lang.reflect.Method;
import java.sql.Connection;

/**
 * The driver's stream calls, by reflection: the driver is no dependency of this project's code, so
 * its classes are not on the compiler's path.
 */
final class StreamApi {

  private static final String API = "net.snowflake.client.api.connection.";

  private final Object connection;
  private final Class<?> type;

  StreamApi(Connection connection) throws Exception {
    this.type = Class.forName(API + "SnowflakeConnection");
    this.connection = connection.unwrap(type);
  }

  void upload(String stage, String prefix, String name, InputStream in, boolean compress)
      throws Exception {
    Class<?> config = Class.forName(API + "UploadStreamConfig");
    Object builder = config.getMethod("builder").invoke(null);
    call(builder, "setDestPrefix", String.class, prefix);
    call(builder, "setCompressData", boolean.class, compress);
    type.getMethod("uploadStream", String.class, String.class, InputStream.class, config)
        .invoke(connection, stage, name, in, build(builder));
  }

  InputStream download(String stage, String path, boolean decompress) throws Exception {
    Class<?> config = Class.forName(API + "DownloadStreamConfig");
    Object builder = config.getMethod("builder").invoke(null);
    call(builder, "setDecompress", boolean.class, decompress);
    return (InputStream)
        type.getMethod("downloadStream", String.class, String.class, config)
            .invoke(connection, stage, path, build(builder));
  }

  private static void call(Object builder, String name, Class<?> parameter, Object value)
      throws Exception {
    builder.getClass().getMethod(name, parameter).invoke(builder, value);
  }

  private static Object build(Object builder) throws Exception {
    Method build = builder.getClass().getMethod("build");
    return build.invoke(builder);
  }
}
