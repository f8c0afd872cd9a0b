/** Connection, stages, tables, functions and deployments of the Refract SDK, over plain JDBC. */
module io.refract.snowflake {
  requires transitive io.refract.core;
  requires transitive java.sql;
  requires com.google.common;
  requires com.google.gson;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.refract.snowflake;
  exports io.refract.snowflake.deploy;
  exports io.refract.snowflake.function;
  exports io.refract.snowflake.sql;
  exports io.refract.snowflake.stage;
  exports io.refract.snowflake.table;
}
