package io.refract.samples;

import io.refract.progress.Progress;
import io.refract.registry.ModelVersion;
import io.refract.snowflake.Snowflake;
import io.refract.snowflake.deploy.Deployment;
import io.refract.snowflake.embedded.EmbeddedSnowflake;
import io.refract.snowflake.sql.Row;
import io.refract.train.data.Example;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.jspecify.annotations.Nullable;

/** The Snowflake part of {@link EndToEnd}: load the tickets, deploy the model, call it from SQL. */
final class SnowflakeStory {

  private static final String FUNCTION = "TRIAGE";
  private static final int ROWS_SHOWN = 5;

  private final Path directory;
  private final PrintStream out;

  SnowflakeStory(Path directory, PrintStream out) {
    this.directory = directory;
    this.out = out;
  }

  /**
   * Tells the story.
   *
   * @param version the model to deploy
   * @param tickets the rows of the table
   * @param scores the scores of the same rows from the registry
   * @return whether SQL gave the same scores
   */
  boolean tell(ModelVersion version, List<Example> tickets, List<@Nullable String> scores) {
    try (EmbeddedSnowflake embedded = EmbeddedSnowflake.at(directory).start();
        Snowflake snowflake = Snowflake.connect(embedded)) {
      heading("5. Deploy it to Snowflake (the embedded one)");
      load(snowflake, tickets);
      Deployment plan =
          snowflake
              .deploy(version)
              .asFunction(FUNCTION)
              .modelStage("T5_P_MODEL")
              .tokenizerStage("T5_P_TOKENIZER")
              .functionStage("LLM")
              .plan();
      out.println("This is what will run:\n");
      out.println(plan.sql().indent(2));
      out.println(
          "Creating the function installs torch and transformers into a Python environment in the"
              + " user's cache folder; the first time that is a download of about 3 GB on Linux.");
      plan.apply(Progress.bar());

      heading("6. Call it from SQL");
      String query = "SELECT ticket_id, TRIAGE(request) FROM support_tickets ORDER BY ticket_id";
      out.println(query + "\n");
      return compare(snowflake.query(query), tickets, scores);
    }
  }

  /** Loads the tickets as one would on an account: a CSV file, a stage, COPY INTO. */
  private void load(Snowflake snowflake, List<Example> tickets) {
    Path csv = writeCsv(tickets);
    snowflake.execute(
        "CREATE OR REPLACE TABLE support_tickets (ticket_id VARCHAR, request VARCHAR)");
    snowflake.stage("TICKETS").createIfMissing().put(csv);
    snowflake.execute(
        "COPY INTO support_tickets FROM @TICKETS/support_tickets.csv FILE_FORMAT = (TYPE = CSV"
            + " SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"') FORCE = TRUE");
    out.printf("%d tickets are in the table SUPPORT_TICKETS.%n%n", tickets.size());
  }

  private Path writeCsv(List<Example> tickets) {
    Path csv = directory.resolveSibling("support_tickets.csv");
    List<String> lines = new ArrayList<>();
    lines.add("ticket_id,request");
    for (int i = 0; i < tickets.size(); i++) {
      lines.add(CSVFormat.RFC4180.format(ticketId(i), tickets.get(i).source()));
    }
    try {
      Files.write(csv, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing the tickets to " + csv + " failed: " + e, e);
    }
    return csv;
  }

  /** Fixed width, so that ORDER BY gives the order of the list. */
  private static String ticketId(int index) {
    return String.format(Locale.ROOT, "H-%06d", index + 1);
  }

  private boolean compare(List<Row> rows, List<Example> tickets, List<@Nullable String> scores) {
    if (rows.size() != scores.size()) {
      out.printf("SQL gave %d rows for %d tickets.%n", rows.size(), scores.size());
      return false;
    }
    int different = 0;
    for (int i = 0; i < rows.size(); i++) {
      String id = rows.get(i).value(0, String.class);
      String sql = rows.get(i).value(1, String.class);
      boolean equal = ticketId(i).equals(id) && Objects.equals(sql, scores.get(i));
      if (!equal) {
        different++;
        out.printf("%s: SQL '%s', local '%s'%n", id, sql, scores.get(i));
      } else if (i < ROWS_SHOWN) {
        out.printf("%s  %-10s %s%n", id, sql, shorten(tickets.get(i).source()));
      }
    }
    out.printf("... %d rows in all, %d differ from the local scores.%n", rows.size(), different);
    return different == 0;
  }

  private static String shorten(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  private void heading(String text) {
    out.printf("%n%s%n%s%n", text, "-".repeat(text.length()));
  }
}
