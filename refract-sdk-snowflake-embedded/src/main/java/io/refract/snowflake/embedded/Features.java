package io.refract.snowflake.embedded;

import io.refract.snowflake.embedded.engine.Engine;
import io.refract.snowflake.embedded.format.FileFormatStatements;
import io.refract.snowflake.embedded.function.Functions;
import io.refract.snowflake.embedded.load.CopyStatements;
import io.refract.snowflake.embedded.show.DescribeStatements;
import io.refract.snowflake.embedded.show.ShowStatements;
import io.refract.snowflake.embedded.stage.ListStatements;
import io.refract.snowflake.embedded.stage.StageStatements;
import io.refract.snowflake.embedded.stage.Stages;
import io.refract.snowflake.embedded.stage.TransferStatements;
import java.sql.SQLException;

/** The one list of what an embedded Snowflake can do beyond its engine. */
final class Features {

  private Features() {}

  /** Adds the handlers of stages, loading and functions to an engine that was just opened. */
  static void install(Engine engine) throws SQLException {
    engine.addHandler(new ShowStatements());
    engine.addHandler(new DescribeStatements());
    Stages stages = new Stages(engine);
    engine.onDropped(stages::discard);
    engine.addHandler(new FileFormatStatements(engine));
    engine.addHandler(new StageStatements(engine, stages));
    engine.addHandler(new TransferStatements(engine, stages));
    engine.addHandler(new ListStatements(stages));
    CopyStatements.addTo(engine, stages);
    Functions.addTo(engine, stages, System.getenv());
  }
}
