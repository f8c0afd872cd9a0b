package io.refract.train.metric;

import java.util.List;
import java.util.Map;

/**
 * Takes the endings of English words off: Porter's algorithm (M. Porter, "An algorithm for suffix
 * stripping", Program 14.3, 1980) with the changes that NLTK makes to it by default, because the
 * {@code rouge_score} package stems with that form. Other Porter stemmers give other stems.
 */
final class PorterStemmer {

  /** A rule's demand on what is left of a word when the suffix is gone. */
  private interface Condition {
    boolean holds(String stem);
  }

  /** Replaces a suffix when the rest of the word fulfils a condition. */
  private record Rule(String suffix, String replacement, Condition condition) {}

  /** Words that the steps would get wrong (NLTK). */
  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("sky", "sky"),
          Map.entry("skies", "sky"),
          Map.entry("dying", "die"),
          Map.entry("lying", "lie"),
          Map.entry("tying", "tie"),
          Map.entry("news", "news"),
          Map.entry("innings", "inning"),
          Map.entry("inning", "inning"),
          Map.entry("outings", "outing"),
          Map.entry("outing", "outing"),
          Map.entry("cannings", "canning"),
          Map.entry("canning", "canning"),
          Map.entry("howe", "howe"),
          Map.entry("proceed", "proceed"),
          Map.entry("exceed", "exceed"),
          Map.entry("succeed", "succeed"));

  private static final Condition ALWAYS = stem -> true;
  private static final Condition LONG_ENOUGH = stem -> measure(stem) > 0;
  private static final Condition LONGER = stem -> measure(stem) > 1;

  private static final List<Rule> PLURAL =
      List.of(
          new Rule("sses", "ss", ALWAYS),
          new Rule("ies", "i", ALWAYS),
          new Rule("ss", "ss", ALWAYS),
          new Rule("s", "", ALWAYS));

  private static final List<Rule> STEP_2 =
      List.of(
          new Rule("ational", "ate", LONG_ENOUGH),
          new Rule("tional", "tion", LONG_ENOUGH),
          new Rule("enci", "ence", LONG_ENOUGH),
          new Rule("anci", "ance", LONG_ENOUGH),
          new Rule("izer", "ize", LONG_ENOUGH),
          new Rule("bli", "ble", LONG_ENOUGH),
          new Rule("alli", "al", LONG_ENOUGH),
          new Rule("entli", "ent", LONG_ENOUGH),
          new Rule("eli", "e", LONG_ENOUGH),
          new Rule("ousli", "ous", LONG_ENOUGH),
          new Rule("ization", "ize", LONG_ENOUGH),
          new Rule("ation", "ate", LONG_ENOUGH),
          new Rule("ator", "ate", LONG_ENOUGH),
          new Rule("alism", "al", LONG_ENOUGH),
          new Rule("iveness", "ive", LONG_ENOUGH),
          new Rule("fulness", "ful", LONG_ENOUGH),
          new Rule("ousness", "ous", LONG_ENOUGH),
          new Rule("aliti", "al", LONG_ENOUGH),
          new Rule("iviti", "ive", LONG_ENOUGH),
          new Rule("biliti", "ble", LONG_ENOUGH),
          new Rule("fulli", "ful", LONG_ENOUGH),
          // The l counts with the stem, so that geology and theology lose their y.
          new Rule("logi", "log", stem -> measure(stem + "l") > 0));

  private static final List<Rule> STEP_3 =
      List.of(
          new Rule("icate", "ic", LONG_ENOUGH),
          new Rule("ative", "", LONG_ENOUGH),
          new Rule("alize", "al", LONG_ENOUGH),
          new Rule("iciti", "ic", LONG_ENOUGH),
          new Rule("ical", "ic", LONG_ENOUGH),
          new Rule("ful", "", LONG_ENOUGH),
          new Rule("ness", "", LONG_ENOUGH));

  private static final List<Rule> STEP_4 =
      List.of(
          new Rule("al", "", LONGER),
          new Rule("ance", "", LONGER),
          new Rule("ence", "", LONGER),
          new Rule("er", "", LONGER),
          new Rule("ic", "", LONGER),
          new Rule("able", "", LONGER),
          new Rule("ible", "", LONGER),
          new Rule("ant", "", LONGER),
          new Rule("ement", "", LONGER),
          new Rule("ment", "", LONGER),
          new Rule("ent", "", LONGER),
          new Rule("ion", "", stem -> measure(stem) > 1 && "st".indexOf(last(stem)) >= 0),
          new Rule("ou", "", LONGER),
          new Rule("ism", "", LONGER),
          new Rule("ate", "", LONGER),
          new Rule("iti", "", LONGER),
          new Rule("ous", "", LONGER),
          new Rule("ive", "", LONGER),
          new Rule("ize", "", LONGER));

  private PorterStemmer() {}

  /** Returns the stem of a lower-case word. */
  static String stem(String word) {
    String irregular = IRREGULAR.get(word);
    if (irregular != null) {
      return irregular;
    }
    if (word.length() <= 2) {
      return word;
    }
    String stem = pastAndGerund(plural(word));
    stem = finalY(stem);
    stem = step2(stem);
    stem = apply(stem, STEP_3);
    stem = apply(stem, STEP_4);
    return doubleL(finalE(stem));
  }

  /** Step 1a; NLTK keeps the e of dies, ties and lies. */
  private static String plural(String word) {
    return word.length() == 4 && word.endsWith("ies") ? cut(word, 1) : apply(word, PLURAL);
  }

  /** Step 1b; NLTK keeps the e of died, tied and lied. */
  private static String pastAndGerund(String word) {
    if (word.endsWith("ied")) {
      return cut(word, word.length() == 4 ? 1 : 2);
    }
    if (word.endsWith("eed")) {
      return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }
    for (String suffix : new String[] {"ed", "ing"}) {
      if (word.endsWith(suffix) && containsVowel(cut(word, suffix.length()))) {
        return mend(cut(word, suffix.length()));
      }
    }
    return word;
  }

  /** The second half of step 1b: gives back the e, or takes one of two equal letters away. */
  private static String mend(String stem) {
    if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
      return stem + "e";
    }
    if (endsWithDoubleConsonant(stem)) {
      return "lsz".indexOf(last(stem)) < 0 ? cut(stem, 1) : stem;
    }
    return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
  }

  /** Step 1c, as NLTK has it: a y behind a consonant, unless that is the only letter. */
  private static String finalY(String word) {
    int before = word.length() - 2;
    return word.endsWith("y") && before > 0 && isConsonant(word, before)
        ? cut(word, 1) + "i"
        : word;
  }

  /** Step 2; NLTK goes through it once more when it has made -alli into -al. */
  private static String step2(String word) {
    if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
      return step2(cut(word, 2));
    }
    return apply(word, STEP_2);
  }

  /** Step 5a. */
  private static String finalE(String word) {
    if (!word.endsWith("e")) {
      return word;
    }
    String stem = cut(word, 1);
    int measure = measure(stem);
    return measure > 1 || (measure == 1 && !endsShort(stem)) ? stem : word;
  }

  /** Step 5b. */
  private static String doubleL(String word) {
    return word.endsWith("ll") && measure(cut(word, 1)) > 1 ? cut(word, 1) : word;
  }

  /** The first rule whose suffix fits decides, also when its condition fails. */
  private static String apply(String word, List<Rule> rules) {
    for (Rule rule : rules) {
      if (word.endsWith(rule.suffix)) {
        String stem = cut(word, rule.suffix.length());
        return rule.condition.holds(stem) ? stem + rule.replacement : word;
      }
    }
    return word;
  }

  private static String cut(String word, int letters) {
    return word.substring(0, word.length() - letters);
  }

  private static char last(String word) {
    return word.charAt(word.length() - 1);
  }

  /** Which letters are consonants; a y is one unless a consonant precedes it. */
  private static boolean[] consonants(String word) {
    boolean[] consonants = new boolean[word.length()];
    for (int i = 0; i < consonants.length; i++) {
      char letter = word.charAt(i);
      consonants[i] = letter == 'y' ? i == 0 || !consonants[i - 1] : "aeiou".indexOf(letter) < 0;
    }
    return consonants;
  }

  private static boolean isConsonant(String word, int index) {
    return consonants(word)[index];
  }

  /** The number m of the form [C](VC)^m[V] that every word has (Porter, section 2). */
  private static int measure(String stem) {
    boolean[] consonants = consonants(stem);
    int measure = 0;
    for (int i = 1; i < consonants.length; i++) {
      measure += !consonants[i - 1] && consonants[i] ? 1 : 0;
    }
    return measure;
  }

  private static boolean containsVowel(String stem) {
    for (boolean consonant : consonants(stem)) {
      if (!consonant) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsWithDoubleConsonant(String word) {
    int end = word.length() - 1;
    return end >= 1 && word.charAt(end) == word.charAt(end - 1) && isConsonant(word, end);
  }

  /**
   * Whether a word ends with consonant, vowel and a consonant other than w, x and y; for NLTK also
   * when it is just a vowel and a consonant.
   */
  private static boolean endsShort(String word) {
    boolean[] consonants = consonants(word);
    int end = word.length() - 1;
    if (end == 1) {
      return !consonants[0] && consonants[1];
    }
    return end >= 2
        && consonants[end - 2]
        && !consonants[end - 1]
        && consonants[end]
        && "wxy".indexOf(word.charAt(end)) < 0;
  }
}
