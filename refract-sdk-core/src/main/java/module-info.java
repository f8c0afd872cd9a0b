/** Artifacts, data, provenance, registry and scoring of the Refract SDK; no tensors, no SQL. */
@SuppressWarnings("module") // Modules that need this one are not there when this one is compiled.
module io.refract.core {
  requires com.google.common;
  requires com.google.gson;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.refract;
  exports io.refract.artifact;
  exports io.refract.data;
  exports io.refract.internal to
      io.refract.snowflake,
      io.refract.train;
  exports io.refract.progress;
  exports io.refract.provenance;
  exports io.refract.registry;
  exports io.refract.scoring;

  uses io.refract.scoring.ScorerProvider;
}
