package io.refract.registry;

import io.refract.provenance.DatasetProvenance;
import io.refract.provenance.Provenance;
import io.refract.scoring.ScoreSpecification;
import java.util.Map;

/**
 * Writes a model card: the sections of Mitchell et al. 2019 (arXiv 1810.03993) that can be filled
 * from what is registered, with the header that the Hugging Face hub reads. The same input gives
 * the same bytes, so that equal registrations stay equal.
 */
final class ModelCard {

  private ModelCard() {}

  static String of(
      String model,
      String description,
      Provenance provenance,
      ScoreSpecification score,
      Map<String, Double> metrics) {
    StringBuilder card = new StringBuilder();
    card.append("---\nlibrary_name: refract-sdk\n");
    if (provenance.baseCheckpoint() != null) {
      card.append("base_model: ").append(quoted(provenance.baseCheckpoint().name())).append('\n');
    }
    card.append("tags:\n- text2text-generation\n---\n\n# ").append(model).append("\n\n");
    card.append(description.isBlank() ? "No description was given." : description.strip());
    card.append("\n\n## Model details\n\n");
    row(card, "Property", "Value");
    row(card, "---", "---");
    row(card, "Format", score.format());
    row(card, "Score function", score.functionClass());
    score.configuration().forEach((key, value) -> row(card, "Score setting " + key, value));
    row(
        card,
        "Base checkpoint",
        provenance.baseCheckpoint() == null ? "none" : provenance.baseCheckpoint().name());
    row(card, "Trained", provenance.startedAt() + " to " + provenance.finishedAt());
    row(card, "Software", "Refract SDK " + provenance.environment().sdk());
    row(card, "Engine", provenance.environment().engine());
    card.append("\n## Metrics\n\n");
    table(card, metrics, "Metric", "No metrics were given.\n");
    card.append("\n## Training and evaluation data\n\n");
    data(card, provenance.datasets());
    card.append("\n## Training procedure\n\nSeed ").append(provenance.seed()).append(".\n\n");
    table(card, provenance.hyperParameters(), "Setting", "No settings were recorded.\n");
    return card.toString();
  }

  private static void data(StringBuilder card, Map<String, DatasetProvenance> datasets) {
    if (datasets.isEmpty()) {
      card.append("No data were recorded.\n");
      return;
    }
    row(card, "Role", "Name", "Rows", "Skipped", "Part", "SHA-256");
    row(card, "---", "---", "---", "---", "---", "---");
    datasets.forEach(
        (role, data) ->
            row(
                card,
                role,
                data.name(),
                Long.toString(data.rows()),
                Long.toString(data.skippedRows()),
                data.split(),
                data.sha256()));
  }

  private static void table(StringBuilder card, Map<String, ?> values, String head, String none) {
    if (values.isEmpty()) {
      card.append(none);
      return;
    }
    row(card, head, "Value");
    row(card, "---", "---");
    values.forEach((name, value) -> row(card, name, value.toString()));
  }

  private static void row(StringBuilder card, String... cells) {
    card.append('|');
    for (String cell : cells) {
      String text = cell.replace("\\", "\\\\").replace("|", "\\|").replaceAll("\\R", " ");
      card.append(' ').append(text).append(" |");
    }
    card.append('\n');
  }

  /** A YAML text in single quotes, in one line. */
  private static String quoted(String text) {
    return "'" + text.replaceAll("\\p{Cntrl}", " ").replace("'", "''") + "'";
  }
}
