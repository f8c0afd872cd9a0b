package io.refract.snowflake.embedded.stage;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Names of stages and of directories in stages as names on disk: letters, digits and a few marks
 * stand for themselves, every other byte of the UTF-8 form is written as {@code %XX}.
 *
 * <p>No encoded name is {@code .} or {@code ..}, and none contains {@code ~}, which the driver
 * would replace by the home directory.
 */
final class PathNames {

  private static final String PLAIN =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=@,";

  private PathNames() {}

  static String encode(String name) {
    StringBuilder text = new StringBuilder();
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    boolean onlyPoints = name.chars().allMatch(c -> c == '.');
    for (byte b : bytes) {
      char c = (char) (b & 0xFF);
      if (PLAIN.indexOf(c) >= 0 || (c == '.' && !onlyPoints)) {
        text.append(c);
      } else {
        text.append('%')
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      }
    }
    return text.toString();
  }

  /** Returns the path in the stage of a file on disk: all parts but the last are encoded. */
  static String decode(Path relative) {
    StringBuilder path = new StringBuilder();
    int last = relative.getNameCount() - 1;
    for (int i = 0; i < last; i++) {
      path.append(decode(relative.getName(i).toString())).append('/');
    }
    return path.append(relative.getName(last)).toString();
  }

  private static String decode(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%' && hex(name, i + 1) && hex(name, i + 2)) {
        bytes.write(Integer.parseInt(name.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static boolean hex(String name, int at) {
    return at < name.length() && Character.digit(name.charAt(at), 16) >= 0;
  }
}
