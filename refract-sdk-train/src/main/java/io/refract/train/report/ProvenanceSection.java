package io.refract.train.report;

import io.refract.provenance.CheckpointProvenance;
import io.refract.provenance.EnvironmentProvenance;
import io.refract.provenance.Provenance;
import java.util.LinkedHashMap;
import java.util.Map;

/** With what the model was trained, so that it can be trained again. */
final class ProvenanceSection {

  private ProvenanceSection() {}

  static void draw(Html html, Provenance provenance) {
    html.open("section", "id", "provenance").element("h2", "Settings and provenance");
    html.open("div", "class", "columns");
    pairs(html, "Hyper-parameters", provenance.hyperParameters());
    html.open("div");
    pairs(html, "Origin", origin(provenance));
    pairs(html, "Environment", environment(provenance.environment()));
    html.close().close();
    if (!provenance.datasets().isEmpty()) {
      html.element("h3", "Data sets", "class", "apart").open("div", "class", "scroll wide");
      Table.open(html, "used for", "name", "split", "seed", "rows", "skipped", "SHA-256");
      provenance
          .datasets()
          .forEach(
              (role, data) ->
                  Table.row(
                      html,
                      "words",
                      role,
                      data.name(),
                      data.split(),
                      Long.toString(data.seed()),
                      Numbers.count(data.rows()),
                      Numbers.count(data.skippedRows()),
                      data.sha256()));
      html.close().close().close();
    }
    html.close();
  }

  private static Map<String, String> origin(Provenance provenance) {
    Map<String, String> origin = new LinkedHashMap<>();
    CheckpointProvenance base = provenance.baseCheckpoint();
    origin.put("base checkpoint", base == null ? "none, trained from nothing" : base.name());
    if (base != null) {
      origin.put("its SHA-256", base.sha256());
    }
    origin.put("seed", Long.toString(provenance.seed()));
    origin.put("started", provenance.startedAt().toString());
    origin.put("finished", provenance.finishedAt().toString());
    return origin;
  }

  private static Map<String, String> environment(EnvironmentProvenance environment) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("Refract SDK", environment.sdk());
    values.put("engine", environment.engine());
    values.put("Java", environment.java());
    values.put("operating system", environment.os());
    values.put("architecture", environment.arch());
    return values;
  }

  private static void pairs(Html html, String title, Map<String, String> pairs) {
    html.open("div").element("h3", title);
    if (pairs.isEmpty()) {
      html.element("p", "none", "class", "note").close();
      return;
    }
    html.open("div", "class", "scroll").open("table", "class", "pairs").open("tbody");
    pairs.forEach((name, value) -> Table.row(html, "", name, value));
    html.close().close().close().close();
  }
}
