package io.refract.train.kernel;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The text of a TorchScript module that has methods and nothing else.
 *
 * <p>A method is written as libtorch itself writes it into an archive: indented by two spaces, with
 * the engine's operators as {@code torch.NAME}, and with numbers of the engine for data types
 * ({@link #FLOAT32}, {@link #BFLOAT16}). What does not change from call to call, such as a number
 * of heads, is written into the text. Operators and types are checked when the text is loaded.
 *
 * <pre>
 *   def relu_linear(self, x: Tensor, w: Tensor) -&gt; Tensor:
 *     return torch.relu(torch.linear(x, w))
 * </pre>
 *
 * @param name what messages call it: lower-case letters, digits and hyphens
 * @param methods the methods, ASCII
 */
public record Script(String name, String methods) {

  /** The number of the type in a text. */
  public static final int FLOAT32 = 6;

  /** The number of the type in a text. No array of this type may leave a script. */
  public static final int BFLOAT16 = 15;

  /** The number of the type in a text. */
  static final int INT64 = 4;

  /** The number of the type in a text. */
  static final int QINT8 = 12;

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

  private static final String CLASS =
      """
      class Ops(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
      """;

  /** The newest archive format that libtorch 2.7 reads; newer libraries read it too. */
  private static final String FORMAT_VERSION = "10\n";

  /** An empty tuple, pickled with protocol 2. */
  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  /** Checks the name, and that the text can be written. */
  public Script {
    checkArgument(
        NAME.matcher(name).matches(),
        "the name of a script must be lower-case letters, digits and hyphens but was '%s'",
        name);
    checkArgument(
        StandardCharsets.US_ASCII.newEncoder().canEncode(methods),
        "the text of script '%s' must be ASCII",
        name);
  }

  /** Returns the archive that {@code torch.jit.load} and the engine read. */
  byte[] archive() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      put(zip, "data.pkl", pickledModule());
      put(zip, "code/__torch__.py", ascii(CLASS + methods));
      put(zip, "constants.pkl", NO_CONSTANTS);
      put(zip, "version", ascii(FORMAT_VERSION));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Everything must be in a folder of the archive; its name does not matter. */
  private static void put(ZipOutputStream zip, String entry, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry("ops/" + entry));
    zip.write(content);
    zip.closeEntry();
  }

  /**
   * Returns an object of class {@code __torch__.Ops} with {@code training = False}, pickled with
   * protocol 2: class, empty tuple, NEWOBJ; then the dictionary of attributes, BUILD and STOP.
   */
  private static byte[] pickledModule() {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(new byte[] {(byte) 0x80, 2});
    pickle.writeBytes(ascii("c__torch__\nOps\n)"));
    pickle.write(0x81);
    pickle.writeBytes(ascii("}("));
    pickle.writeBytes(new byte[] {'X', 8, 0, 0, 0});
    pickle.writeBytes(ascii("training"));
    pickle.write(0x89);
    pickle.writeBytes(ascii("ub."));
    return pickle.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
