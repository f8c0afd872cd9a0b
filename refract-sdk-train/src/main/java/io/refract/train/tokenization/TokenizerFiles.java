package io.refract.train.tokenization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.refract.train.tokenization.TokenizerDefinition.AddedToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a tokenizer in a checkpoint directory.
 *
 * <p>They are kept in memory, so that a copy can be written after the directory they came from is
 * gone, or into that very directory.
 *
 * @param tokenizer the content of {@code tokenizer.json}
 * @param sentencePiece the content of {@code spiece.model}, or null when the directory has none
 * @param settings what the two configuration files say
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TokenizerFiles(
    byte[] tokenizer, byte @Nullable [] sentencePiece, TokenizerSettings settings) {

  static final String TOKENIZER = "tokenizer.json";
  static final String SENTENCE_PIECE = "spiece.model";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  static TokenizerFiles read(Path directory) throws IOException {
    return new TokenizerFiles(
        Files.readAllBytes(directory.resolve(TOKENIZER)),
        ifThere(directory.resolve(SENTENCE_PIECE)),
        TokenizerSettings.parse(
            text(directory.resolve(CONFIG)), text(directory.resolve(SPECIAL_TOKENS))));
  }

  private static byte @Nullable [] ifThere(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllBytes(file) : null;
  }

  private static @Nullable String text(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file, UTF_8) : null;
  }

  /** Writes the files; each of them appears whole or not at all. */
  void write(Path directory, TokenizerDefinition definition) throws IOException {
    Files.createDirectories(directory);
    write(directory, TOKENIZER, tokenizer);
    if (sentencePiece != null) {
      write(directory, SENTENCE_PIECE, sentencePiece);
    }
    write(directory, CONFIG, GSON.toJson(config(definition)).getBytes(UTF_8));
    write(directory, SPECIAL_TOKENS, GSON.toJson(specialTokens(definition)).getBytes(UTF_8));
  }

  private static void write(Path directory, String name, byte[] content) throws IOException {
    // Not createTempFile, whose files nobody but their owner may read.
    Path part = directory.resolve("." + name + "." + UUID.randomUUID() + ".part");
    try {
      Files.write(part, content, CREATE_NEW, WRITE);
      Files.move(part, directory.resolve(name), ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Returns the configuration in the form of transformers 4: every version from 4.24 to 5 reads it,
   * while 4.x fails on a list in {@code extra_special_tokens}, which is what 5.x writes.
   */
  private JsonObject config(TokenizerDefinition definition) {
    JsonObject decoder = new JsonObject();
    for (AddedToken token : definition.addedTokens()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("content", token.content());
      entry.addProperty("lstrip", token.lstrip());
      entry.addProperty("normalized", token.normalized());
      entry.addProperty("rstrip", token.rstrip());
      entry.addProperty("single_word", token.singleWord());
      entry.addProperty("special", token.special());
      decoder.add(Integer.toString(token.id()), entry);
    }
    JsonObject config = new JsonObject();
    config.add("added_tokens_decoder", decoder);
    addAdditional(config, definition);
    config.addProperty("clean_up_tokenization_spaces", settings.cleanUpSpaces());
    config.addProperty("eos_token", definition.eos().text());
    config.addProperty("extra_ids", definition.sentinels().size());
    config.add("extra_special_tokens", new JsonObject());
    JsonArray inputs = new JsonArray();
    inputs.add("input_ids");
    inputs.add("attention_mask");
    config.add("model_input_names", inputs);
    if (settings.modelMaxLength() != null) {
      config.add("model_max_length", settings.modelMaxLength());
    }
    config.addProperty("pad_token", definition.pad().text());
    // transformers 5 builds a T5Tokenizer anew from the vocabulary and forgets every other part of
    // tokenizer.json; under the general class name it takes the file as it is.
    config.addProperty(
        "tokenizer_class", definition.rebuildable() ? "T5Tokenizer" : "PreTrainedTokenizerFast");
    config.addProperty("unk_token", definition.unk().text());
    return config;
  }

  private static JsonObject specialTokens(TokenizerDefinition definition) {
    JsonObject map = new JsonObject();
    addAdditional(map, definition);
    map.addProperty("eos_token", definition.eos().text());
    map.addProperty("pad_token", definition.pad().text());
    map.addProperty("unk_token", definition.unk().text());
    return map;
  }

  /** An empty list would make transformers add a hundred sentinels of its own. */
  private static void addAdditional(JsonObject object, TokenizerDefinition definition) {
    JsonArray additional = new JsonArray();
    Stream.concat(
            definition.sentinels().stream(),
            definition.addedTokens().stream()
                .filter(token -> !token.isSentinel() && token.special())
                .filter(token -> !definition.hasRole(token.content())))
        .forEach(token -> additional.add(token.content()));
    if (!additional.isEmpty()) {
      object.add("additional_special_tokens", additional);
    }
  }
}
