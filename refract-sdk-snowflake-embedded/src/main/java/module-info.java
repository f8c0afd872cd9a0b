/** A Snowflake in the JVM that the real driver talks to. */
module io.refract.snowflake.embedded {
  requires transitive io.refract.snowflake;
  requires com.google.common;
  requires com.google.gson;
  requires duckdb.jdbc;
  requires java.compiler;
  requires jdk.httpserver;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.refract.snowflake.embedded;
}
