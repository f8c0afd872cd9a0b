package io.refract.snowflake.deploy;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.refract.snowflake.sql.Identifier;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.stage.StageStatements;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a deployment goes.
 *
 * @param model name and version of the model, for people
 * @param function the function
 * @param modelStage the stage of configuration and weights
 * @param tokenizerStage the stage of the tokenizer's files
 * @param functionStage the stage of the handler
 * @param parallel parts that are uploaded at once
 * @param smokeTest a text that the new function is tried with
 */
record DeploymentTarget(
    String model,
    ObjectName function,
    ObjectName modelStage,
    ObjectName tokenizerStage,
    ObjectName functionStage,
    int parallel,
    String smokeTest) {

  /** The type of argument and result. */
  static final String TEXT = "VARCHAR";

  /**
   * Returns the name under which the function is tried, in its schema. The same plan has the same,
   * which no other function has.
   *
   * @param functionSql the statement that creates the function
   */
  ObjectName trial(String functionSql) {
    String digest =
        Hashing.sha256()
            .hashString(functionSql, StandardCharsets.UTF_8)
            .toString()
            .substring(0, 12);
    Identifier name = new Identifier("REFRACT_TRIAL_" + Ascii.toUpperCase(digest));
    return new ObjectName(ImmutableList.of(name)).besides(function);
  }

  private Stream<ObjectName> stages() {
    return Stream.of(modelStage, tokenizerStage, functionStage);
  }

  /** Returns the statements that create the schemas that are named. */
  List<String> createSchemas() {
    return Stream.concat(Stream.of(function), stages())
        .map(ObjectName::schema)
        .flatMap(Optional::stream)
        .distinct()
        .map(schema -> "CREATE SCHEMA IF NOT EXISTS " + schema.sql())
        .collect(ImmutableList.toImmutableList());
  }

  /** Returns the statements that create the stages. */
  List<String> createStages() {
    return stages()
        .distinct()
        .map(StageStatements::create)
        .collect(ImmutableList.toImmutableList());
  }
}
