package io.refract.train.tokenization;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.Ints;
import com.google.gson.JsonParseException;
import io.refract.train.tokenization.TokenizerDefinition.AddedToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns texts into token ids and back, exactly as the fast T5 tokenizer of Hugging Face
 * transformers does.
 *
 * <p>{@code tokenizer.json} is the truth; everything happens on this machine, no hub is ever asked.
 * Thread-safe; closing waits for the calls that run.
 *
 * <p>T5's vocabulary has no piece for line breaks, braces, {@code <} and others: runs of white
 * space collapse to one blank, the rest becomes the unknown token. {@link #unknownTokens} counts
 * those.
 */
public final class T5Tokenizer implements AutoCloseable {

  private final Path origin;
  private final TokenizerFiles files;
  private final TokenizerDefinition definition;
  private final NativeTokenizer backend;
  private final boolean backendAddsEos;

  private T5Tokenizer(
      Path origin,
      TokenizerFiles files,
      TokenizerDefinition definition,
      NativeTokenizer backend,
      boolean backendAddsEos) {
    this.origin = origin;
    this.files = files;
    this.definition = definition;
    this.backend = backend;
    this.backendAddsEos = backendAddsEos;
  }

  /**
   * Opens the tokenizer of a checkpoint directory.
   *
   * @param directory a directory with {@code tokenizer.json}
   * @throws TokenizerException when the file is not there, is damaged, or lacks one of the tokens
   *     that T5 needs (padding, end, unknown)
   */
  public static T5Tokenizer load(Path directory) {
    requireTokenizerFile(directory);
    NativeTokenizer backend = null;
    try {
      TokenizerFiles files = TokenizerFiles.read(directory);
      TokenizerDefinition definition =
          TokenizerDefinition.parse(new String(files.tokenizer(), UTF_8), files.settings().names());
      backend = new NativeTokenizer(files.tokenizer());
      long[] empty = backend.encode("");
      boolean addsEos = empty.length > 0 && empty[empty.length - 1] == definition.eos().id();
      return new T5Tokenizer(directory, files, definition, backend, addsEos);
    } catch (IOException e) {
      throw new TokenizerException(
          "Cannot load the tokenizer in %s: reading failed (%s).".formatted(directory, e), e);
    } catch (RuntimeException e) {
      // The JSON parser and the native library report damage in several unchecked ways.
      if (backend != null) {
        backend.close();
      }
      throw new TokenizerException(
          "Cannot load the tokenizer in %s: %s is not a usable tokenizer (%s). Copy the file again from the checkpoint that it belongs to."
              .formatted(directory, blame(e), e.getMessage()),
          e);
    }
  }

  private static String blame(RuntimeException e) {
    return e instanceof JsonParseException || e instanceof IllegalStateException
        ? "one of its JSON files"
        : TokenizerFiles.TOKENIZER;
  }

  private static void requireTokenizerFile(Path directory) {
    if (Files.isRegularFile(directory.resolve(TokenizerFiles.TOKENIZER))) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new TokenizerException(
          "Cannot load the tokenizer in %s: there is no such directory.".formatted(directory));
    }
    if (Files.exists(directory.resolve(TokenizerFiles.SENTENCE_PIECE))) {
      throw new TokenizerException(
          ("Cannot load the tokenizer in %1$s: it has only spiece.model, and Refract reads"
                  + " tokenizer.json. Make one once with Python:"
                  + " from transformers import T5TokenizerFast;"
                  + " T5TokenizerFast.from_pretrained('%1$s').save_pretrained('%1$s')")
              .formatted(directory));
    }
    throw new TokenizerException(
        "Cannot load the tokenizer in %s: it has no tokenizer.json. Give a complete Hugging Face checkpoint directory."
            .formatted(directory));
  }

  /**
   * Returns the ids of a text, the end token last.
   *
   * @param text any text; an empty one gives the end token alone
   * @param maxTokens the most ids to give, end token included, at least 1; a longer text loses its
   *     last pieces, never the end token
   */
  public int[] encode(String text, int maxTokens) {
    checkMaxTokens(maxTokens);
    return finish(backend.encode(wellFormed(text)), maxTokens);
  }

  /**
   * Returns the ids of each text as {@link #encode} does, on all cores.
   *
   * @param texts any texts
   * @param maxTokens the most ids to give for one text, end token included, at least 1
   */
  public List<int[]> encodeAll(List<String> texts, int maxTokens) {
    checkMaxTokens(maxTokens);
    if (texts.isEmpty()) {
      return List.of();
    }
    long[][] encoded = backend.encodeAll(texts.stream().map(T5Tokenizer::wellFormed).toList());
    List<int[]> rows = new ArrayList<>(encoded.length);
    for (long[] ids : encoded) {
      rows.add(finish(ids, maxTokens));
    }
    return rows;
  }

  private static void checkMaxTokens(int maxTokens) {
    checkArgument(maxTokens >= 1, "max tokens must be at least 1 but was %s", maxTokens);
  }

  private int[] finish(long[] ids, int maxTokens) {
    int pieces = backendAddsEos ? ids.length - 1 : ids.length;
    int kept = Math.min(pieces, maxTokens - 1);
    int[] row = new int[kept + 1];
    for (int i = 0; i < kept; i++) {
      row[i] = Ints.checkedCast(ids[i]);
    }
    row[kept] = definition.eos().id();
    return row;
  }

  /** Half of a surrogate pair has no UTF-8 form, and the native library takes UTF-8. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(UTF_8), UTF_8);
      }
    }
    return text;
  }

  /**
   * Returns the text of some ids, special tokens left out, as {@code decode(ids,
   * skip_special_tokens=True)} of transformers does.
   *
   * @param ids token ids; those beyond the vocabulary are left out, too
   */
  public String decode(int[] ids) {
    return decodeAll(List.of(ids)).get(0);
  }

  /**
   * Returns the text of each row of ids, as {@link #decode} does.
   *
   * @param rows rows of token ids
   */
  public List<String> decodeAll(List<int[]> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    long[][] ids = new long[rows.size()][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] =
          Arrays.stream(rows.get(i)).filter(id -> id < vocabularySize()).asLongStream().toArray();
      for (long id : ids[i]) {
        checkArgument(id >= 0, "token ids must not be negative but row %s holds %s", i, id);
      }
    }
    String[] texts = backend.decodeAll(ids);
    if (files.settings().cleanUpSpaces()) {
      Arrays.setAll(texts, i -> cleanUp(texts[i]));
    }
    return List.of(texts);
  }

  /** The replacements of {@code clean_up_tokenization} in transformers, in its order. */
  private static String cleanUp(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }

  /** Returns the id that fills up rows, 0 in every released T5. */
  public int padTokenId() {
    return definition.pad().id();
  }

  /** Returns the id that ends every text, 1 in every released T5. */
  public int eosTokenId() {
    return definition.eos().id();
  }

  /** Returns the id of pieces that the vocabulary lacks, 2 in every released T5. */
  public int unkTokenId() {
    return definition.unk().id();
  }

  /**
   * Returns the number of token ids, added tokens included. A model may have more rows in its
   * embedding (32128 against 32100 in T5), never fewer.
   */
  public int vocabularySize() {
    return definition.vocabularySize();
  }

  /**
   * Returns the ids of the sentinels {@code <extra_id_0>}, {@code <extra_id_1>} and so on, in this
   * order; empty when the tokenizer has none.
   */
  public int[] sentinelTokenIds() {
    return definition.sentinels().stream().mapToInt(AddedToken::id).toArray();
  }

  /**
   * Returns how many of the ids are the unknown token, that is, what of the text the model cannot
   * see.
   *
   * @param ids token ids
   */
  public int unknownTokens(int[] ids) {
    return (int) Arrays.stream(ids).filter(id -> id == unkTokenId()).count();
  }

  /**
   * Returns the parts of a text that become the unknown token, in their order; neighbouring
   * characters that the vocabulary lacks share one.
   *
   * @param text any text
   */
  public List<String> unknownTexts(String text) {
    String encoded = wellFormed(text);
    return backend.spansOf(encoded, unkTokenId()).stream()
        .map(
            span -> {
              int start = encoded.offsetByCodePoints(0, span.getStart());
              return encoded.substring(
                  start, encoded.offsetByCodePoints(start, span.getEnd() - span.getStart()));
            })
        .toList();
  }

  /**
   * Checks that a model has a row in its embedding for each token.
   *
   * @param modelVocabulary the {@code vocab_size} of the model
   * @throws TokenizerException when the tokenizer has more tokens than that
   */
  public void requireFits(int modelVocabulary) {
    if (vocabularySize() > modelVocabulary) {
      throw new TokenizerException(
          "The tokenizer in %s does not belong to this model: it has %s tokens, the model's vocab_size is %s. Use the tokenizer of the same checkpoint, or enlarge the model's embedding."
              .formatted(origin, vocabularySize(), modelVocabulary));
    }
  }

  /**
   * Writes the tokenizer into a checkpoint directory, in the form that transformers from 4.24 to 5
   * reads: {@code tokenizer.json} unchanged, {@code spiece.model} when the tokenizer came with it,
   * {@code tokenizer_config.json} and {@code special_tokens_map.json}.
   *
   * @param directory where to; it is made when it does not exist
   * @throws TokenizerException when a file cannot be written
   */
  public void copyTo(Path directory) {
    try {
      files.write(directory, definition);
    } catch (IOException e) {
      throw new TokenizerException(
          "Cannot write the tokenizer into %s: %s. Check that the directory is writable and the disk has room."
              .formatted(directory, e),
          e);
    }
  }

  /** Frees the native tokenizer. Closing twice does nothing. */
  @Override
  public void close() {
    backend.close();
  }

  @Override
  public String toString() {
    return "T5Tokenizer[" + origin + ", " + vocabularySize() + " tokens]";
  }
}
