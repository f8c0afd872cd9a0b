package io.refract.snowflake.sql;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.Splitter;
import java.util.regex.Pattern;

/**
 * A named stage, or a file or directory on it.
 *
 * @param stage the stage
 * @param path the path below the stage without a leading slash; empty for the stage itself; a
 *     trailing slash marks a directory
 */
public record StageLocation(ObjectName stage, String path) {

  private static final Pattern PLAIN = Pattern.compile("@[A-Z0-9_.]+(/[A-Za-z0-9_.=/-]*)?");

  /** Checks that no part of the path is empty, {@code .} or {@code ..}, or holds a control. */
  public StageLocation {
    String inner = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (!path.isEmpty()) {
      for (String part : Splitter.on('/').split(inner)) {
        checkArgument(
            !part.isEmpty() && !part.equals(".") && !part.equals(".."),
            "a stage path must not have an empty part, '.' or '..': %s",
            Literal.of(path));
      }
    }
    checkArgument(
        path.chars().noneMatch(Character::isISOControl),
        "a stage path must not contain control characters: %s",
        Literal.of(path));
  }

  /**
   * Reads a location, for example {@code @ML.PUBLIC.T5_P_MODEL/config.json}.
   *
   * @throws IllegalArgumentException when it does not name a stage; table and user stages
   *     ({@code @%T}, {@code @~}) are refused, because functions cannot import from them
   */
  public static StageLocation parse(String text) {
    checkArgument(text.startsWith("@"), "a stage location must start with @ but was '%s'", text);
    int slash = 1;
    boolean quoted = false;
    while (slash < text.length() && (quoted || text.charAt(slash) != '/')) {
      quoted ^= text.charAt(slash) == '"';
      slash++;
    }
    String stage = text.substring(1, slash);
    checkArgument(
        !stage.startsWith("%") && !stage.startsWith("~"),
        "'%s' is a table or user stage; use a named stage",
        text);
    return new StageLocation(
        ObjectName.parse(stage), slash < text.length() ? text.substring(slash + 1) : "");
  }

  /** Returns the location of something below this one. */
  public StageLocation resolve(String below) {
    String base = path.isEmpty() || path.endsWith("/") ? path : path + "/";
    return new StageLocation(stage, base + below);
  }

  /**
   * Returns this location marked as a directory, so that no other name with this beginning fits.
   */
  public StageLocation asDirectory() {
    return path.isEmpty() || path.endsWith("/") ? this : new StageLocation(stage, path + "/");
  }

  /** Returns the last part of the path, or an empty text for the stage itself. */
  public String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns the location as PUT, GET, LIST and REMOVE take it: quoted when needed. */
  public String sql() {
    // Two hyphens begin a comment.
    boolean plain = PLAIN.matcher(text()).matches() && !path.contains("--");
    return plain ? text() : Literal.of(text());
  }

  /** Returns the location as a string constant, as {@code IMPORTS} takes it. */
  public String literal() {
    return Literal.of(text());
  }

  private String text() {
    return "@" + stage.sql() + (path.isEmpty() ? "" : "/" + path);
  }

  /** Returns the location without quotes around it. */
  @Override
  public String toString() {
    return text();
  }
}
