package io.refract.train.tokenization;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code tokenizer.json} without its vocabulary: tens of thousands of pieces go by
 * while it is read, and only the ids of a few are kept.
 *
 * @param sections everything but the model
 * @param model the few settings of the model that are asked for, see {@link #MODEL_SETTINGS}
 * @param ids the ids of the pieces that were asked for, as far as they are there
 * @param pieces how many pieces the vocabulary has
 * @param highestId the highest id of a piece, -1 without any
 */
record TokenizerJson(
    JsonObject sections, JsonObject model, Map<String, Integer> ids, int pieces, int highestId) {

  private static final String MODEL = "model";
  private static final String VOCABULARY = "vocab";
  private static final Set<String> MODEL_SETTINGS = Set.of("type", "unk_id", "byte_fallback");

  /**
   * Reads the text of a file.
   *
   * @param asked the pieces whose ids are kept
   * @throws JsonParseException when the text is not JSON, or not that of a tokenizer
   */
  static TokenizerJson parse(String json, Collection<String> asked) {
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      TokenizerJson result = new Parser(reader, Set.copyOf(asked)).file();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new JsonSyntaxException("it goes on behind its end");
      }
      return result;
    } catch (IOException e) {
      throw new JsonSyntaxException(e);
    }
  }

  private static final class Parser {
    private final JsonReader reader;
    private final Set<String> asked;
    private final JsonObject sections = new JsonObject();
    private final JsonObject model = new JsonObject();
    private final Map<String, Integer> ids = new HashMap<>();
    private int pieces;
    private int highestId = -1;

    Parser(JsonReader reader, Set<String> asked) {
      this.reader = reader;
      this.asked = asked;
    }

    TokenizerJson file() throws IOException {
      boolean hasModel = false;
      if (reader.peek() == JsonToken.BEGIN_OBJECT) {
        reader.beginObject();
        while (reader.hasNext()) {
          String name = reader.nextName();
          if (name.equals(MODEL)) {
            hasModel = true;
            model();
          } else {
            sections.add(name, JsonParser.parseReader(reader));
          }
        }
        reader.endObject();
      }
      if (!hasModel) {
        throw new JsonParseException("it has no \"model\" section");
      }
      return new TokenizerJson(sections, model, ids, pieces, highestId);
    }

    private void model() throws IOException {
      boolean hasVocabulary = false;
      reader.beginObject();
      while (reader.hasNext()) {
        String name = reader.nextName();
        if (name.equals(VOCABULARY)) {
          hasVocabulary = true;
          vocabulary();
        } else if (MODEL_SETTINGS.contains(name)) {
          model.add(name, JsonParser.parseReader(reader));
        } else {
          reader.skipValue();
        }
      }
      reader.endObject();
      if (!hasVocabulary) {
        throw new JsonParseException("its \"model\" section has no \"vocab\"");
      }
    }

    /**
     * Unigram lists its pieces by id, each with its score; every other model maps pieces to ids.
     */
    private void vocabulary() throws IOException {
      if (reader.peek() == JsonToken.BEGIN_ARRAY) {
        reader.beginArray();
        while (reader.hasNext()) {
          reader.beginArray();
          piece(reader.nextString(), pieces);
          reader.skipValue();
          reader.endArray();
        }
        reader.endArray();
      } else {
        reader.beginObject();
        while (reader.hasNext()) {
          piece(reader.nextName(), reader.nextInt());
        }
        reader.endObject();
      }
    }

    private void piece(String text, int id) {
      pieces++;
      highestId = Math.max(highestId, id);
      if (asked.contains(text)) {
        ids.put(text, id);
      }
    }
  }

  /** Returns a section, or null when it is not there. */
  @Nullable JsonElement section(String name) {
    JsonElement section = sections.get(name);
    return section == null || section.isJsonNull() ? null : section;
  }
}
