package io.refract.registry;

import io.refract.provenance.DatasetProvenance;
import io.refract.provenance.Provenance;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import java.time.Instant;
import java.util.Map;

/** Registrations that the tests of this package share. */
final class Registrations {

  static final Provenance PROVENANCE =
      Provenance.started(Instant.parse("2026-11-21T10:00:00Z"))
          .dataset("training", DatasetProvenance.of("tickets.csv", "ab".repeat(32), 300))
          .hyperParameter("learningRate", 3e-4)
          .seed(42)
          .engine("none")
          .finish(Instant.parse("2026-11-21T10:05:00Z"));

  private Registrations() {}

  static Registration of(ModelRegistry registry, String name, String word) {
    return registry
        .register(name)
        .model(new WordModel(word))
        .scoreWith(new TextToText("say: ", GenerationSettings.defaults()))
        .provenance(PROVENANCE)
        .metrics(Map.of("rougeL", 0.31, "exactMatch", 0.9))
        .by("ana");
  }

  static ModelVersion commit(ModelRegistry registry, String name, String word) {
    return of(registry, name, word).commit();
  }
}
