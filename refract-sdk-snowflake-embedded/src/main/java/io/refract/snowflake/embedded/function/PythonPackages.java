package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.SqlError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The PACKAGES of a Python function as pip reads them.
 *
 * @param specifiers normalised and sorted, {@code numpy>=1.25,<2}
 */
record PythonPackages(List<String> specifiers) {

  private static final Pattern SPECIFIER =
      Pattern.compile(
          "([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\\[[A-Za-z0-9._, -]*])?\\s*"
              + "((?:(?:==|<=|>=|!=|~=|<|>)\\s*[A-Za-z0-9.*+!_-]+\\s*,?\\s*)*)");

  /** Packages that Anaconda's channel names differently from PyPI. */
  private static final Map<String, String> ANACONDA_NAMES =
      Map.of(
          "pytorch", "torch",
          "pytorch-cpu", "torch",
          "py-xgboost", "xgboost",
          "matplotlib-base", "matplotlib",
          "msgpack-python", "msgpack",
          "opencv", "opencv-python-headless",
          "ruamel_yaml", "ruamel-yaml");

  /**
   * Reads the strings of a PACKAGES clause.
   *
   * @param repository the ARTIFACT_REPOSITORY in upper case, or null; names are Anaconda's unless
   *     it is the one of PyPI
   * @throws SqlError 391546 for a text that is no specifier, 0A000 for Snowpark
   */
  static PythonPackages parse(Collection<String> texts, @Nullable String repository) {
    boolean pypi = repository != null && repository.contains("PYPI");
    List<String> specifiers = new ArrayList<>();
    for (String text : texts) {
      Matcher matcher = SPECIFIER.matcher(text.strip());
      // The pattern also keeps options such as --index-url away from pip.
      if (!matcher.matches()) {
        throw notFound(List.of(text), "It is no package specifier.");
      }
      String name = matcher.group(1).toLowerCase(Locale.ROOT);
      if (name.equals("snowflake-snowpark-python")) {
        throw SqlError.unsupported(
            "PACKAGES = ('snowflake-snowpark-python'). The embedded Snowflake has no Snowpark"
                + " session inside of functions");
      }
      if (!pypi) {
        name = ANACONDA_NAMES.getOrDefault(name, name);
      }
      String extras = matcher.group(2) == null ? "" : matcher.group(2).replace(" ", "");
      String versions = matcher.group(3).replace(" ", "");
      specifiers.add(name.replaceAll("[-_.]+", "-") + extras + versions);
    }
    Collections.sort(specifiers);
    return new PythonPackages(List.copyOf(specifiers));
  }

  boolean isEmpty() {
    return specifiers.isEmpty();
  }

  /** Returns 391546/XX000: the packages cannot be had. */
  static SqlError notFound(Collection<String> packages, String reason) {
    return SqlError.of(
        "391546",
        "XX000",
        "SQL compilation error: Cannot create a Python function with the specified packages. Please"
            + " check your packages specification and try again. 'Packages not found:\n- "
            + String.join("\n- ", packages)
            + "'"
            + (reason.isBlank() ? "" : "\n" + reason.strip()));
  }
}
