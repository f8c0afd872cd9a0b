package io.refract.provenance;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import io.refract.internal.Json;

/**
 * Which data a model saw.
 *
 * @param name the path or name of the data, as a person knows it
 * @param sha256 the SHA-256 of the source's bytes before any split, 64 lower-case hexadecimal
 *     digits; for rows that were made in memory, of those rows
 * @param rows how many rows were used
 * @param skippedRows how many rows were left out because they could not be used
 * @param split which part of the source this is, for example {@code "all"} (the default) or {@code
 *     "hold-out 0.1, training side"}
 * @param seed the seed of the split; 0 when there was none
 */
public record DatasetProvenance(
    String name, String sha256, long rows, long skippedRows, String split, long seed) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the name or the split is blank, the digest is not one, or a
   *     count is negative
   */
  public DatasetProvenance {
    checkArgument(!requireNonNull(name, "name").isBlank(), "data set name must not be blank");
    Sha256.check(sha256, "digest of data set '" + name + "'");
    checkArgument(rows >= 0, "rows must not be negative but was %s", rows);
    checkArgument(skippedRows >= 0, "skipped rows must not be negative but was %s", skippedRows);
    checkArgument(!requireNonNull(split, "split").isBlank(), "split must not be blank");
  }

  /** Returns the provenance of a whole source, nothing skipped. */
  public static DatasetProvenance of(String name, String sha256, long rows) {
    return new DatasetProvenance(name, sha256, rows, 0, "all", 0);
  }

  /** Returns this provenance with another count of used rows. */
  public DatasetProvenance withRows(long value) {
    return new DatasetProvenance(name, sha256, value, skippedRows, split, seed);
  }

  /** Returns this provenance with another count of rows that were left out. */
  public DatasetProvenance withSkippedRows(long value) {
    return new DatasetProvenance(name, sha256, rows, value, split, seed);
  }

  /** Returns this provenance as one part of a split: its description, its seed and its rows. */
  public DatasetProvenance withSplit(String description, long splitSeed, long splitRows) {
    return new DatasetProvenance(name, sha256, splitRows, skippedRows, description, splitSeed);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("sha256", sha256);
    json.addProperty("rows", rows);
    json.addProperty("skippedRows", skippedRows);
    json.addProperty("split", split);
    json.addProperty("seed", seed);
    return json;
  }

  static DatasetProvenance fromJson(JsonObject json) {
    return new DatasetProvenance(
        Json.string(json, "name"),
        Json.string(json, "sha256"),
        Json.wholeNumber(json, "rows"),
        Json.wholeNumber(json, "skippedRows"),
        Json.string(json, "split"),
        Json.wholeNumber(json, "seed"));
  }
}
