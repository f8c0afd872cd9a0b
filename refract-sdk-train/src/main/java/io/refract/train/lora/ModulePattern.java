package io.refract.train.lora;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions over names of modules. They come from files that nobody vouches for, so that
 * one which would search forever is stopped.
 */
final class ModulePattern {

  /** Far more than any sensible expression needs for a name of some tens of characters. */
  private static final int MOST_LOOKS = 1_000_000;

  private ModulePattern() {}

  /**
   * Checks an expression.
   *
   * @throws IllegalArgumentException if it is none
   */
  static String check(String regex) {
    try {
      checkArgument(!regex.isEmpty(), "a pattern of module names must not be empty");
      Pattern.compile(regex);
      return regex;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is not a regular expression of Java: %s".formatted(regex, e.getDescription()), e);
    }
  }

  /** Returns whether an expression matches the whole name, as {@code re.fullmatch} of Python. */
  static boolean matches(String regex, String module) {
    return Pattern.compile(regex).matcher(new Watched(module, regex)).matches();
  }

  /**
   * Returns whether an expression matches the end of a name from one of its parts on.
   *
   * <p>Source: {@code get_pattern_key} of {@code huggingface/peft}.
   */
  static boolean matchesEnd(String regex, String module) {
    return matches("(.*\\.)?(" + regex + ")", module);
  }

  /** A text that can be looked at only so often. */
  private static final class Watched implements CharSequence {

    private final String text;
    private final String regex;
    private int looks;

    private Watched(String text, String regex) {
      this.text = text;
      this.regex = regex;
    }

    @Override
    public char charAt(int index) {
      checkArgument(
          looks++ < MOST_LOOKS, "the pattern '%s' takes too long on the module %s", regex, text);
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
