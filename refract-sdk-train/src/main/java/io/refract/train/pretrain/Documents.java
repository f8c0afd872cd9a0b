package io.refract.train.pretrain;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.refract.provenance.DatasetProvenance;
import io.refract.train.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the texts of a corpus come from; they can be gone through as often as one likes. */
interface Documents {

  /** Takes one text after the other. */
  interface Reader {
    void accept(String document) throws IOException;
  }

  /** Hands every document over that is not blank. */
  void forEach(Reader reader) throws IOException;

  /** Returns what these texts are. */
  DatasetProvenance provenance() throws IOException;

  /** Returns one document per line of a file. */
  static Documents lines(Path file) {
    return new Documents() {
      @Override
      public void forEach(Reader reader) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
              reader.accept(line);
            }
          }
        } catch (CharacterCodingException e) {
          throw notUtf8(file, e);
        }
      }

      @Override
      public DatasetProvenance provenance() throws IOException {
        return provenanceOf(
            file.toString(), MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString(), this);
      }
    };
  }

  /** Returns each {@code .txt} file of a directory as one document, in the order of the names. */
  static Documents files(Path directory) {
    return new Documents() {
      @Override
      public void forEach(Reader reader) throws IOException {
        for (Path file : textFiles(directory)) {
          String text;
          try {
            text = Files.readString(file, UTF_8);
          } catch (CharacterCodingException e) {
            throw notUtf8(file, e);
          }
          if (!text.isBlank()) {
            reader.accept(text);
          }
        }
      }

      @Override
      public DatasetProvenance provenance() throws IOException {
        Hasher hasher = Hashing.sha256().newHasher();
        for (Path file : textFiles(directory)) {
          hasher.putString(directory.relativize(file).toString().replace('\\', '/'), UTF_8);
          hasher.putBytes(MoreFiles.asByteSource(file).hash(Hashing.sha256()).asBytes());
        }
        return provenanceOf(directory.toString(), hasher.hash().toString(), this);
      }
    };
  }

  /** Returns texts that are there already. */
  static Documents of(String name, Iterable<String> texts) {
    return new Documents() {
      @Override
      public void forEach(Reader reader) throws IOException {
        for (String text : texts) {
          if (!text.isBlank()) {
            reader.accept(text);
          }
        }
      }

      @Override
      public DatasetProvenance provenance() throws IOException {
        Hasher hasher = Hashing.sha256().newHasher();
        long[] count = {0};
        forEach(
            text -> {
              byte[] bytes = text.getBytes(UTF_8);
              hasher.putInt(bytes.length).putBytes(bytes);
              count[0]++;
            });
        return DatasetProvenance.of(name, hasher.hash().toString(), count[0]);
      }
    };
  }

  /** Returns the {@code .txt} files below a directory in a fixed order. */
  static List<Path> textFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".txt"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static DatasetProvenance provenanceOf(String name, String sha256, Documents documents)
      throws IOException {
    long[] count = {0};
    documents.forEach(text -> count[0]++);
    return DatasetProvenance.of(name, sha256, count[0]);
  }

  private static DataException notUtf8(Path file, CharacterCodingException cause) {
    return new DataException(
        "Cannot read the text of %s: it is not UTF-8. Convert it, for example with: iconv -f"
                .formatted(file)
            + " WINDOWS-1252 -t UTF-8",
        cause);
  }
}
