package io.refract.train.generation;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.refract.scoring.Decoding;
import io.refract.train.checkpoint.CheckpointException;
import io.refract.train.checkpoint.internal.ConfigEntries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code generation_config.json} of a checkpoint says.
 *
 * @param decoderStartTokenId the token that the decoder starts from
 * @param eosTokenIds the tokens that end a sequence, at least one
 * @param padTokenId what fills up a sequence that has ended
 * @param otherEntries the JSON texts of all other entries by key, those of {@link #decoding()}
 *     among them; all survive loading and saving
 */
public record GenerationConfig(
    int decoderStartTokenId,
    List<Integer> eosTokenIds,
    int padTokenId,
    Map<String, String> otherEntries) {

  /** The name of the file. */
  public static final String FILE = "generation_config.json";

  /** Checks that there is an end token. */
  public GenerationConfig {
    eosTokenIds = List.copyOf(eosTokenIds);
    checkArgument(!eosTokenIds.isEmpty(), "eos_token_id must name at least one token");
    otherEntries = Collections.unmodifiableMap(new TreeMap<>(otherEntries));
  }

  /**
   * Reads the file of a checkpoint.
   *
   * @param directory the checkpoint
   * @param model what stands in for entries that are missing; it is the answer when there is no
   *     file
   * @throws CheckpointException if the file is there but cannot be used
   */
  public static GenerationConfig load(Path directory, GenerationConfig model) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return model;
    }
    ConfigEntries entries = ConfigEntries.read(file);
    try {
      return new GenerationConfig(
          entries.takeInt("decoder_start_token_id", model.decoderStartTokenId()),
          entries.takeInts("eos_token_id", model.eosTokenIds()),
          entries.takeInt("pad_token_id", model.padTokenId()),
          entries.rest());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException("Cannot use %s: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Returns the decoding that the entries ask for, as {@code generate()} of transformers takes it
   * where its caller says nothing: {@code num_beams}, {@code length_penalty}, {@code
   * no_repeat_ngram_size} and the others of {@link Decoding#optionNames()}; what is not there has
   * its default. {@code max_length} and {@code max_new_tokens} are no part of it, because {@link
   * io.refract.scoring.GenerationSettings} always say how much may be generated.
   *
   * @throws CheckpointException if an entry cannot be used, or asks for what the SDK does not offer
   */
  public Decoding decoding() {
    try {
      return Decoding.ofGenerationConfig(otherEntries);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(
          "Cannot decode as the checkpoint's %s says: %s. Correct it, or give a Decoding of your own, for example Decoding.defaults()."
              .formatted(FILE, e.getMessage()),
          e);
    }
  }

  /** Returns the text of the file. */
  public String toJson() {
    Map<String, JsonElement> entries = new HashMap<>();
    entries.put("decoder_start_token_id", new JsonPrimitive(decoderStartTokenId));
    entries.put("eos_token_id", ConfigEntries.toJson(eosTokenIds));
    entries.put("pad_token_id", new JsonPrimitive(padTokenId));
    return ConfigEntries.toText(otherEntries, entries);
  }
}
