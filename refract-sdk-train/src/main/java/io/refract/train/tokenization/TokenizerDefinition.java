package io.refract.train.tokenization;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Refract needs to know of a {@code tokenizer.json} besides what the native library does with
 * it.
 *
 * @param pad the padding token
 * @param eos the end token
 * @param unk the token that stands for unknown pieces
 * @param vocabularySize one more than the highest token id
 * @param addedTokens the tokens beside the model's vocabulary, by ascending id
 * @param rebuildable whether transformers 5 makes the same tokenizer when it rebuilds the class
 *     {@code T5Tokenizer} from the vocabulary alone
 */
record TokenizerDefinition(
    SpecialToken pad,
    SpecialToken eos,
    SpecialToken unk,
    int vocabularySize,
    List<AddedToken> addedTokens,
    boolean rebuildable) {

  private static final Pattern SENTINEL = Pattern.compile("<extra_id_\\d{1,6}>");

  /**
   * The unknown token's id that transformers 5.18 puts into every rebuilt {@code T5Tokenizer}
   * (models/t5/tokenization_t5.py).
   */
  private static final int REBUILT_UNK_ID = 2;

  /** A token with a role. */
  record SpecialToken(String text, int id) {}

  /** An entry of {@code added_tokens}. */
  record AddedToken(
      int id,
      String content,
      boolean special,
      boolean normalized,
      boolean lstrip,
      boolean rstrip,
      boolean singleWord) {

    boolean isSentinel() {
      return SENTINEL.matcher(content).matches();
    }

    private int sentinelNumber() {
      return Integer.parseInt(content.replaceAll("\\D", ""));
    }
  }

  /** The tokens that serve as masks in pre-training: {@code <extra_id_0>} and so on, in order. */
  List<AddedToken> sentinels() {
    return addedTokens.stream()
        .filter(AddedToken::isSentinel)
        .sorted(Comparator.comparingInt(AddedToken::sentinelNumber))
        .toList();
  }

  boolean hasRole(String content) {
    return content.equals(pad.text()) || content.equals(eos.text()) || content.equals(unk.text());
  }

  /**
   * Reads the definition.
   *
   * @param json the text of {@code tokenizer.json}
   * @param names the special tokens by role ({@code pad_token}, ...) where they are not T5's own
   * @throws JsonParseException when the text is not JSON, or not that of a tokenizer
   */
  static TokenizerDefinition parse(String json, Map<String, String> names) {
    String pad = names.getOrDefault("pad_token", "<pad>");
    String eos = names.getOrDefault("eos_token", "</s>");
    String unk = names.getOrDefault("unk_token", "<unk>");
    TokenizerJson file = TokenizerJson.parse(json, List.of(pad, eos, unk));
    List<AddedToken> added = addedTokens(file.section("added_tokens"));
    int highestId = added.stream().mapToInt(AddedToken::id).reduce(file.highestId(), Math::max);
    return new TokenizerDefinition(
        find(file, added, pad, "padding"),
        find(file, added, eos, "end"),
        find(file, added, unk, "unknown"),
        highestId + 1,
        added,
        rebuildable(file));
  }

  private static List<AddedToken> addedTokens(@Nullable JsonElement section) {
    if (section == null) {
      return List.of();
    }
    Map<Integer, AddedToken> byId = new TreeMap<>();
    for (JsonElement element : section.getAsJsonArray()) {
      JsonObject token = element.getAsJsonObject();
      int id = token.get("id").getAsInt();
      if (id < 0 || id == Integer.MAX_VALUE) {
        throw new JsonParseException("it has an added token of the id " + id);
      }
      byId.put(
          id,
          new AddedToken(
              id,
              token.get("content").getAsString(),
              flag(token, "special"),
              flag(token, "normalized"),
              flag(token, "lstrip"),
              flag(token, "rstrip"),
              flag(token, "single_word")));
    }
    return ImmutableList.copyOf(byId.values());
  }

  private static boolean flag(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.getAsBoolean();
  }

  private static SpecialToken find(
      TokenizerJson file, List<AddedToken> added, String text, String role) {
    Integer id = file.ids().get(text);
    for (AddedToken token : added) {
      if (token.content().equals(text)) {
        id = token.id();
      }
    }
    if (id == null) {
      throw new JsonParseException(
          "its vocabulary of %s pieces and %s added tokens lacks the %s token %s"
              .formatted(file.pieces(), added.size(), role, text));
    }
    return new SpecialToken(text, id);
  }

  /**
   * Compares with what transformers 5.18 rebuilds: white space splits, then blanks become block
   * underlines. The normalizers that the newer converter of 4.x adds do not change the outcome.
   */
  private static boolean rebuildable(TokenizerJson file) {
    JsonObject model = file.model();
    JsonElement unknown = model.get("unk_id");
    Set<String> normalizers = types(file.section("normalizer"), "normalizers");
    Set<String> splitters = types(file.section("pre_tokenizer"), "pretokenizers");
    return "Unigram".equals(type(model))
        && unknown != null
        && !unknown.isJsonNull()
        && unknown.getAsInt() == REBUILT_UNK_ID
        && !flag(model, "byte_fallback")
        && (rebuildableForm(splitters, normalizers) || convertedForm(splitters, normalizers));
  }

  private static boolean rebuildableForm(Set<String> splitters, Set<String> normalizers) {
    return splitters.equals(Set.of("WhitespaceSplit", "Metaspace"))
        && (normalizers.isEmpty() || normalizers.equals(Set.of("Precompiled")));
  }

  private static boolean convertedForm(Set<String> splitters, Set<String> normalizers) {
    return splitters.equals(Set.of("Metaspace"))
        && normalizers.equals(Set.of("Precompiled", "Strip", "Replace"));
  }

  private static Set<String> types(@Nullable JsonElement component, String children) {
    Set<String> types = new TreeSet<>();
    if (component == null) {
      return types;
    }
    JsonObject object = component.getAsJsonObject();
    JsonElement parts = object.get(children);
    if (parts == null) {
      types.add(type(object));
    } else {
      parts.getAsJsonArray().forEach(part -> types.add(type(part.getAsJsonObject())));
    }
    return types;
  }

  private static String type(JsonObject component) {
    JsonElement type = component.get("type");
    return type == null ? "" : type.getAsString();
  }
}
