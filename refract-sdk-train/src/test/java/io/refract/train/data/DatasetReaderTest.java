package io.refract.train.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetReaderTest {

  private static final Charset WINDOWS = Charset.forName("windows-1252");

  @TempDir private Path temp;
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = temp.resolve("news.csv");
  }

  private CsvReader csv(String... lines) throws IOException {
    Files.writeString(file, String.join("\n", lines), UTF_8);
    return Dataset.csv(file).source("ctext").target("text");
  }

  private JsonlReader jsonl(String... lines) throws IOException {
    Files.writeString(file, String.join("\n", lines), UTF_8);
    return Dataset.jsonl(file).source("ctext").target("text");
  }

  @Test
  void quoted_fields_hold_delimiters_quotes_and_line_breaks() throws IOException {
    Dataset data =
        csv(
                "id,text,ctext",
                "1,short,\"a, \"\"b\"\"\nand c\"",
                "2,,long",
                "",
                "3,\"two\r\nlines\",\" kept blanks \"",
                "4,only two")
            .read();
    assertThat(data.examples())
        .containsExactly(
            new Example("a, \"b\"\nand c", "short"), new Example(" kept blanks ", "two\r\nlines"));
    assertThat(data.report().skipped())
        .containsEntry("the target is empty", new DataReport.Skipped(1, List.of(4L)))
        .containsEntry(
            "it has fewer fields than the header, which has 3",
            new DataReport.Skipped(1, List.of(8L)));
    assertThat(data.report().toString())
        .isEqualTo(
            file
                + ": 4 rows read, 2 used, 2 skipped\n"
                + "  1 row skipped: the target is empty (line 4)\n"
                + "  1 row skipped: it has fewer fields than the header, which has 3 (line 8)");
  }

  @Test
  void only_the_first_lines_of_a_reason_are_listed() throws IOException {
    String[] lines = new String[21];
    lines[0] = "ctext,text";
    for (int i = 1; i <= 20; i++) {
      lines[i] = i == 20 ? "a,b" : i % 2 == 0 ? " ,b" : "a,b,c";
    }
    assertThat(csv(lines).read().report().skipped())
        .containsEntry(
            "the source is empty", new DataReport.Skipped(9, List.of(3L, 5L, 7L, 9L, 11L)))
        .containsEntry(
            "it has more fields than the header, which has 2",
            new DataReport.Skipped(10, List.of(2L, 4L, 6L, 8L, 10L)));
  }

  @Test
  void repeated_rows_and_contradictions_are_counted() throws IOException {
    DataReport report = csv("ctext,text", "a,x", "a,x", "a,y", "b,x").read().report();
    assertThat(report.duplicates()).isEqualTo(1);
    assertThat(report.conflicts()).isEqualTo(1);
    assertThat(report.rowsUsed()).isEqualTo(4);
  }

  @Test
  void a_missing_column_is_answered_with_those_that_exist() {
    assertThatThrownBy(() -> csv("id,headline,text", "1,a,b").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("it has no column ctext. Its columns are: id, headline, text.");
    assertThatThrownBy(() -> csv("id;ctext;text", "1;a;b").read())
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("The header looks separated by ';': set delimiter(';').");
    assertThatThrownBy(() -> csv("ctext,text,text", "a,b,c").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("names the column text 2 times");
  }

  @Test
  void another_delimiter_can_be_set() throws IOException {
    assertThat(csv("ctext\ttext", "a, b\tc").delimiter('\t').read().examples())
        .containsExactly(new Example("a, b", "c"));
  }

  @Test
  void a_quote_that_is_not_closed_is_an_error_with_its_line() {
    assertThatThrownBy(() -> csv("ctext,text", "a,b", "\"open,c", "d,e").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the row that begins on line 3 has a quote that is not closed");
    assertThatThrownBy(() -> csv("ctext,text", "a,\"b\" tail").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void files_without_a_usable_row_are_errors() {
    assertThatThrownBy(() -> csv("").read()).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> csv("ctext,text").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("not one of its rows can be used");
    assertThatThrownBy(() -> csv("ctext,text", ",b", "a,").read())
        .hasMessageContaining("2 rows read, 0 used, 2 skipped");
    assertThatThrownBy(() -> Dataset.csv(temp.resolve("none.csv")).source("a").target("b").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("there is no such file");
    assertThatIllegalStateException()
        .isThrownBy(() -> Dataset.csv(file).source("a").read())
        .withMessageContaining("name the target column");
  }

  @Test
  void byte_order_marks_are_no_part_of_the_text() throws IOException {
    String text = "ctext,text\nMüller,ß\n";
    byte[] utf8 =
        Bytes.concat(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, text.getBytes(UTF_8));
    byte[] little = Bytes.concat(new byte[] {(byte) 0xFF, (byte) 0xFE}, text.getBytes(UTF_16LE));
    byte[] big = Bytes.concat(new byte[] {(byte) 0xFE, (byte) 0xFF}, text.getBytes(UTF_16BE));
    for (byte[] content : List.of(utf8, little, big)) {
      Files.write(file, content);
      Dataset data = Dataset.csv(file).source("ctext").target("text").read();
      assertThat(data.examples()).containsExactly(new Example("Müller", "ß"));
      assertThat(data.digest()).isEqualTo(Hashing.sha256().hashBytes(content).toString());
    }
    Files.write(file, utf8);
    assertThatThrownBy(
            () -> Dataset.csv(file).source("ctext").target("text").charset(WINDOWS).read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("byte order mark of UTF-8");
  }

  @Test
  void windows_1252_is_read_and_reported() throws IOException {
    Files.write(file, "ctext,text\nplain,row\n“naïve” – 5 €,café\n".getBytes(WINDOWS));
    Dataset found = Dataset.csv(file).source("ctext").target("text").read();
    assertThat(found.examples()).contains(new Example("“naïve” – 5 €", "café"));
    assertThat(found.report().remarks())
        .singleElement()
        .asString()
        .startsWith("read as windows-1252, because line 3 holds the byte 93, which is not UTF-8");
    Dataset asked = Dataset.csv(file).source("ctext").target("text").charset(WINDOWS).read();
    assertThat(asked.examples()).isEqualTo(found.examples());
    assertThat(asked.report().remarks()).isEmpty();
  }

  @Test
  void bytes_that_no_encoding_explains_are_never_replaced() throws IOException {
    byte[] mixed =
        Bytes.concat(
            "ctext,text\nMüller,ok\nb".getBytes(UTF_8),
            new byte[] {(byte) 0xE9},
            ",c\n".getBytes(UTF_8));
    Files.write(file, mixed);
    assertThatThrownBy(() -> Dataset.csv(file).source("ctext").target("text").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("line 3 holds the bytes E9, which are not UTF-8")
        .hasMessageContaining("charset(...)");
    Files.write(file, Bytes.concat("ctext,text\na".getBytes(UTF_8), new byte[] {(byte) 0x81}));
    assertThatThrownBy(
            () -> Dataset.csv(file).source("ctext").target("text").charset(WINDOWS).read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("line 2 holds the bytes 81, which are not windows-1252");
    assertThat(
            Dataset.csv(Files.write(file, mixed))
                .source("ctext")
                .target("text")
                .charset(ISO_8859_1)
                .read()
                .size())
        .isEqualTo(2);
  }

  @Test
  void bad_bytes_across_the_chunks_of_a_large_file_are_found() throws IOException {
    StringBuilder text = new StringBuilder("ctext,text\n");
    for (int i = 0; i < 30_000; i++) {
      text.append("ü").append(i).append(",日本\n");
    }
    Files.writeString(file, text, UTF_8);
    assertThat(Dataset.csv(file).source("ctext").target("text").read().size()).isEqualTo(30_000);
    Files.write(file, Bytes.concat(text.toString().getBytes(UTF_8), new byte[] {(byte) 0xC3}));
    assertThatThrownBy(() -> Dataset.csv(file).source("ctext").target("text").read())
        .hasMessageContaining("line 30002 holds the bytes C3");
  }

  @Test
  void json_lines_give_texts_numbers_and_booleans() throws IOException {
    Dataset data =
        jsonl(
                "{\"ctext\": \"a\\nb\", \"text\": \"c\", \"more\": [1]}",
                "",
                "{\"text\": true, \"ctext\": 12.50}")
            .read();
    assertThat(data.examples())
        .containsExactly(new Example("a\nb", "c"), new Example("12.50", "true"));
    assertThat(data.report().rowsRead()).isEqualTo(2);
  }

  @Test
  void lines_that_cannot_be_used_are_counted_by_reason() throws IOException {
    Dataset data =
        jsonl(
                "{\"ctext\": \"a\", \"text\": \"b\"}",
                "{\"ctext\": \"a\", \"text\": ",
                "[1]",
                "{\"ctext\": \"a\"}",
                "{\"ctext\": null, \"text\": \"b\"}",
                "{\"ctext\": [\"a\"], \"text\": \"b\"}",
                "{\"ctext\": \"a\", \"text\": {}}",
                "{'ctext': 'a', 'text': 'b'}",
                "{\"ctext\": \"a\", \"text\": \"b\"} {}",
                "{\"ctext\": \"\", \"text\": \"b\"}")
            .read();
    assertThat(data.size()).isEqualTo(1);
    assertThat(data.report().skipped())
        .containsOnlyKeys(
            "it is not a JSON object",
            "it has no field text",
            "the field ctext is null",
            "the field ctext is an array; joinArrays(\" \") would take it",
            "the field text is an object",
            "the source is empty")
        .containsEntry(
            "it is not a JSON object", new DataReport.Skipped(4, List.of(2L, 3L, 8L, 9L)));
  }

  @Test
  void a_missing_field_is_answered_with_those_that_exist() {
    assertThatThrownBy(() -> jsonl("{\"article\": \"a\", \"text\": \"b\"}").read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("it has no field ctext")
        .hasMessageContaining("the fields of the first row are: article, text");
  }

  @Test
  void arrays_are_joined_when_asked() throws IOException {
    assertThat(
            jsonl("{\"ctext\": [\"a.\", \"b.\"], \"text\": [\"c\"]}")
                .joinArrays(" ")
                .read()
                .examples())
        .containsExactly(new Example("a. b.", "c"));
  }
}
