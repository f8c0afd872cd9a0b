package io.refract.snowflake.embedded;

import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.show.DescribeStatements;
import io.refract.snowflake.embedded.show.ShowStatements;
import java.sql.SQLException;

/** The one list of what an embedded Snowflake can do beyond its engine. */
final class Features {

  private Features() {}

  /** Adds the handlers of stages, loading and functions to an engine that was just opened. */
  static void install(Engine engine) throws SQLException {
    engine.addHandler(new ShowStatements());
    engine.addHandler(new DescribeStatements());
  }
}
