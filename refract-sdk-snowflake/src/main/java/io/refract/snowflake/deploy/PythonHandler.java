package io.refract.snowflake.deploy;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.refract.scoring.Decoding;
import io.refract.scoring.GenerationSettings;
import io.refract.scoring.TextToText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Python program that scores with a deployed model.
 *
 * @param source the program
 */
record PythonHandler(String source) {

  private static final String TEMPLATE = "t5_handler.py";
  private static final Pattern PLACE = Pattern.compile("\\$\\{(\\w+)}");
  private static final int DIGITS = 12;

  /**
   * Returns the program for a score function.
   *
   * @param function prefix and limits
   * @param decoding how tokens are decided for
   * @param maxBatchRows rows that Snowflake gives to one call at most
   * @param threads threads that one process uses to compute
   */
  static PythonHandler of(TextToText function, Decoding decoding, int maxBatchRows, int threads) {
    GenerationSettings settings = function.settings();
    Map<String, String> values =
        ImmutableMap.of(
            "prefix", literal(function.prefix()),
            "maxSourceTokens", Integer.toString(settings.maxSourceTokens()),
            "maxNewTokens", Integer.toString(settings.maxNewTokens()),
            "microBatchRows", Integer.toString(settings.batchSize()),
            "tokenBudget", Integer.toString(settings.tokenBudget()),
            "maxBatchRows", Integer.toString(maxBatchRows),
            "threads", Integer.toString(threads),
            "options", literal(PythonDecoding.options(decoding)),
            "labels", literal(PythonDecoding.labels(decoding)));
    // One pass: what a value contains is never looked at again.
    return new PythonHandler(
        PLACE
            .matcher(template())
            .replaceAll(place -> Matcher.quoteReplacement(value(values, place.group(1)))));
  }

  private static String value(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalStateException("the handler has an unknown place " + key);
    }
    return value;
  }

  private static String template() {
    try (InputStream in = PythonHandler.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + TEMPLATE + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a text as a Python string literal of ASCII characters. */
  static String literal(String text) {
    StringBuilder python = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                python.append('\\').append((char) c);
              } else if (c >= ' ' && c < 127) {
                python.append((char) c);
              } else if (c <= 0xFFFF) {
                python.append(String.format("\\u%04x", c));
              } else {
                python.append(String.format("\\U%08x", c));
              }
            });
    return python.append('"').toString();
  }

  /** Returns the name of the module, which differs whenever the program does. */
  String module() {
    return "t5_handler_" + sha256().substring(0, DIGITS);
  }

  /** Returns the digest of the program. */
  String sha256() {
    return Hashing.sha256().hashString(source, StandardCharsets.UTF_8).toString();
  }

  /** Returns what HANDLER names. */
  String entryPoint() {
    return module() + ".score";
  }
}
