package io.refract.registry;

import io.refract.artifact.ModelArtifact;
import io.refract.provenance.Provenance;
import io.refract.scoring.ScoreFunction;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Everything that a version is made of, before it is written. */
record VersionContent(
    String name,
    ModelArtifact model,
    ScoreFunction<?, ?> function,
    Optional<Path> jar,
    Provenance provenance,
    Map<String, Double> metrics,
    String description,
    String by) {}
