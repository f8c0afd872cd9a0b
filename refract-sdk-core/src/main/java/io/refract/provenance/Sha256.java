package io.refract.provenance;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.regex.Pattern;

/** The one form in which digests are written: 64 lower-case hexadecimal digits. */
final class Sha256 {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  private Sha256() {}

  static String check(String value, String what) {
    checkArgument(
        FORM.matcher(value).matches(),
        "%s must be a SHA-256 of 64 lower-case hexadecimal digits but was '%s'",
        what,
        value);
    return value;
  }
}
