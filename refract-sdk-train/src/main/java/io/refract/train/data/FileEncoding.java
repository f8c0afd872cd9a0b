package io.refract.train.data;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a file become text, found out by one pass over the file.
 *
 * @param charset the encoding
 * @param markLength the number of bytes of the byte order mark, 0 when there is none
 * @param sha256 the SHA-256 of all bytes
 * @param remark what a person should know of the choice, or null when it is plain UTF-8
 */
record FileEncoding(Charset charset, int markLength, String sha256, @Nullable String remark) {

  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final int CHUNK = 1 << 16;

  /**
   * What a strict decoder met.
   *
   * @param firstBadLine the line of the first bytes it could not decode, or 0
   * @param badBytes those bytes in hexadecimal digits
   * @param wideCharacters how many characters beyond ASCII it decoded
   * @param sha256 the digest of the whole file
   */
  private record Scan(long firstBadLine, String badBytes, long wideCharacters, String sha256) {}

  /** A byte order mark and its encoding. */
  private record Mark(Charset charset, int length) {}

  static FileEncoding of(Path file, @Nullable Charset chosen) throws IOException {
    Mark mark = mark(file);
    if (chosen != null && mark != null && !sameFamily(chosen, mark.charset())) {
      throw new DataException(
          "Cannot read the data in %s as %s: it begins with the byte order mark of %s. Leave charset(...) away."
              .formatted(file, chosen, mark.charset()));
    }
    Charset charset = mark != null ? mark.charset() : chosen != null ? chosen : UTF_8;
    int skip = mark == null ? 0 : mark.length();
    Scan scan = scan(file, charset, skip);
    if (scan.firstBadLine() == 0) {
      return new FileEncoding(charset, skip, scan.sha256(), null);
    }
    if (chosen == null && mark == null && scan.wideCharacters() == 0) {
      Scan windows = scan(file, WINDOWS, 0);
      if (windows.firstBadLine() == 0) {
        return new FileEncoding(
            WINDOWS,
            0,
            windows.sha256(),
            "read as windows-1252, because line %d holds the byte %s, which is not UTF-8; choose another encoding with charset(...)"
                .formatted(scan.firstBadLine(), scan.badBytes()));
      }
    }
    throw new DataException(
        "Cannot read the data in %s: line %d holds the bytes %s, which are not %s. Say which encoding the file has with charset(...), for example Charset.forName(\"windows-1252\"), or mend the line."
            .formatted(file, scan.firstBadLine(), scan.badBytes(), charset));
  }

  /** UTF-16 as such reads its byte order from the mark. */
  private static boolean sameFamily(Charset chosen, Charset marked) {
    return chosen.equals(marked)
        || (chosen.name().equals("UTF-16") && marked.name().startsWith("UTF-16"));
  }

  private static @Nullable Mark mark(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(3);
      String digits = BaseEncoding.base16().encode(head);
      if (digits.startsWith("EFBBBF")) {
        return new Mark(UTF_8, 3);
      }
      if (digits.startsWith("FFFE")) {
        return new Mark(UTF_16LE, 2);
      }
      return digits.startsWith("FEFF") ? new Mark(UTF_16BE, 2) : null;
    }
  }

  private static Scan scan(Path file, Charset charset, int skip) throws IOException {
    CharsetDecoder decoder = strict(charset);
    Hasher hasher = Hashing.sha256().newHasher();
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
    CharBuffer chars = CharBuffer.allocate(CHUNK);
    long line = 1;
    long badLine = 0;
    String badBytes = "";
    long wide = 0;
    try (InputStream in = Files.newInputStream(file)) {
      hasher.putBytes(in.readNBytes(skip));
      boolean end = false;
      while (!end) {
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        end = count < 0;
        if (!end) {
          hasher.putBytes(bytes.array(), bytes.position(), count);
          bytes.position(bytes.position() + count);
        }
        bytes.flip();
        CoderResult result;
        do {
          result = decoder.decode(bytes, chars, end);
          chars.flip();
          while (chars.hasRemaining()) {
            char character = chars.get();
            line += character == '\n' ? 1 : 0;
            wide += character > 127 ? 1 : 0;
          }
          chars.clear();
          if (result.isError()) {
            byte[] bad = new byte[result.length()];
            bytes.get(bad);
            if (badLine == 0) {
              badLine = line;
              badBytes = BaseEncoding.base16().withSeparator(" ", 2).encode(bad);
            }
          }
        } while (!result.isUnderflow());
        bytes.compact();
      }
    }
    return new Scan(badLine, badBytes, wide, hasher.hash().toString());
  }

  private static CharsetDecoder strict(Charset charset) {
    return charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** Opens the file behind its byte order mark; a byte that cannot be decoded is an error. */
  Reader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      in.skipNBytes(markLength);
    } catch (IOException e) {
      in.close();
      throw e;
    }
    return new BufferedReader(new InputStreamReader(in, strict(charset)));
  }
}
