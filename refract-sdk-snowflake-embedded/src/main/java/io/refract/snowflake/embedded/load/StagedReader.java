package io.refract.snowflake.embedded.load;

import io.refract.snowflake.embedded.format.FileFormat;
import io.refract.snowflake.embedded.sql.SqlError;
import io.refract.snowflake.embedded.stage.Stage.StagedFile;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** Opens staged files as text: decompresses, decodes, and drops a byte order mark. */
final class StagedReader {

  private static final int BUFFER = 1 << 16;

  private StagedReader() {}

  /** Opens a file. */
  static Reader open(StagedFile file, FileFormat format) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file.file()), BUFFER);
    boolean opened = false;
    try {
      Reader reader = decode(decompress(in, file, format), format);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        in.close();
      }
    }
  }

  /**
   * Returns the error of a file that could not be read.
   *
   * @param label the file as COPY names it
   */
  static SqlError failed(String label, IOException e) {
    if (e instanceof CharacterCodingException) {
      return SqlError.of(
          "100144",
          "22000",
          "Invalid characters for the ENCODING of the file format in file '"
              + label
              + "'. Set ENCODING, or REPLACE_INVALID_CHARACTERS = TRUE.",
          e);
    }
    if (e instanceof ZipException) {
      return SqlError.of(
          "100074", "54000", "The file '" + label + "' is not compressed as expected: " + e, e);
    }
    return SqlError.of("100016", "58030", "Reading the file '" + label + "' failed: " + e, e);
  }

  private static InputStream decompress(InputStream in, StagedFile file, FileFormat format)
      throws IOException {
    String name = file.name();
    return switch (format.text("COMPRESSION")) {
      case "GZIP" -> new GZIPInputStream(in, BUFFER);
      case "DEFLATE" -> new InflaterInputStream(in);
      case "RAW_DEFLATE" -> new InflaterInputStream(in, new Inflater(true));
      case "NONE" -> in;
      default -> {
        for (String ending : new String[] {".bz2", ".br", ".zst"}) {
          if (name.endsWith(ending)) {
            throw SqlError.unsupported("compression of the staged file " + name);
          }
        }
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        yield gzip ? new GZIPInputStream(in, BUFFER) : in;
      }
    };
  }

  private static Reader decode(InputStream in, FileFormat format) throws IOException {
    Charset charset = format.charset();
    CodingErrorAction action =
        format.flag("REPLACE_INVALID_CHARACTERS")
            ? CodingErrorAction.REPLACE
            : CodingErrorAction.REPORT;
    Reader reader =
        new BufferedReader(
            new InputStreamReader(
                in,
                charset
                    .newDecoder()
                    .onMalformedInput(action)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)),
            BUFFER);
    if (format.flag("SKIP_BYTE_ORDER_MARK")) {
      reader.mark(1);
      if (reader.read() != '\ufeff') {
        reader.reset();
      }
    }
    return reader;
  }
}
