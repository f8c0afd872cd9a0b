package io.refract.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {

  private static final String ONE =
      "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @TempDir Path folder;

  private Path file(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return file(text.length, text, dataBytes);
  }

  private Path file(long claimedLength, byte[] text, int dataBytes) throws IOException {
    ByteBuffer content =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    content.putLong(claimedLength).put(text);
    return Files.write(folder.resolve("x.safetensors"), content.array());
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> SafetensorsReader.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void a_sound_file_opens() throws IOException {
    try (SafetensorsReader reader =
        SafetensorsReader.open(file("{\"__metadata__\":{\"format\":\"pt\"}," + ONE + "}  ", 8))) {
      assertThat(reader.tensors()).containsOnlyKeys("a");
      assertThat(reader.metadata()).containsEntry("format", "pt");
    }
  }

  @Test
  void a_file_shorter_than_its_header_length_is_refused() throws IOException {
    assertRefused(Files.write(folder.resolve("x.safetensors"), new byte[5]), "5 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "100000001, claims a length",
    "-1, claims a length",
    "9223372036854775807, claims a length",
    "5000, incomplete"
  })
  void a_header_length_beyond_the_file_is_refused(long length, String reason) throws IOException {
    assertRefused(file(length, "{}".getBytes(StandardCharsets.UTF_8), 0), reason);
  }

  @Test
  void a_truncated_file_is_refused_on_opening() throws IOException {
    assertRefused(file("{" + ONE + "}", 7), "damaged or incomplete");
  }

  @Test
  void bytes_after_the_last_tensor_are_refused() throws IOException {
    assertRefused(file("{" + ONE + "}", 9), "damaged or incomplete");
  }

  @Test
  void two_tensors_of_one_name_are_refused() throws IOException {
    assertRefused(
        file("{" + ONE + "," + ONE.replace("[0,8]", "[8,16]") + "}", 16), "two tensors named 'a'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[4,12] | 12 | ends at 0",
        "[8,0] | 8 | ends at 0",
        "[-8,8] | 8 | negative",
        "[0,9223372036854775807] | 8 | needs 8 bytes",
        "[0,8,16] | 16 | pair of data_offsets",
        "[0.5,8] | 8 | JSON",
        "[0,99999999999999999999] | 8 | JSON"
      })
  void offsets_that_are_not_the_next_bytes_are_refused(String offsets, int bytes, String reason)
      throws IOException {
    assertRefused(file("{" + ONE.replace("[0,8]", offsets) + "}", bytes), reason);
  }

  @Test
  void overlapping_tensors_are_refused() throws IOException {
    String second = ONE.replace("\"a\"", "\"b\"").replace("[0,8]", "[4,12]");
    assertRefused(file("{" + ONE + "," + second + "}", 12), "ends at 8");
  }

  @Test
  void a_shape_whose_size_overflows_is_refused() throws IOException {
    String shape = "[4294967296,4294967296,4294967296]";
    assertRefused(file("{" + ONE.replace("[2]", shape) + "}", 8), "impossible shape");
  }

  @Test
  void a_shape_of_another_size_than_the_bytes_is_refused() throws IOException {
    assertRefused(file("{" + ONE.replace("[2]", "[3]") + "}", 8), "needs 12 bytes but has 8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1]",
        "{",
        "{\"a\":1}",
        "{\"a\":{}}",
        "{} x",
        "{\"a\":{\"dtype\":\"F32\"}}",
        "not json"
      })
  void a_header_that_is_no_such_object_is_refused(String header) throws IOException {
    assertRefused(file(header, 0), "safetensors");
  }

  @Test
  void a_header_that_nests_without_end_is_refused() throws IOException {
    assertRefused(file("{\"a\":" + "[".repeat(1_000_000), 0), "JSON");
  }

  @Test
  void text_that_is_not_utf_8_is_refused() throws IOException {
    assertRefused(file(2, new byte[] {(byte) 0xff, (byte) 0xfe}, 0), "UTF-8");
  }

  @Test
  void a_missing_file_is_a_checkpoint_exception() {
    assertRefused(folder.resolve("none"), "NoSuchFile");
  }

  @Test
  void integers_are_listed_but_not_read_as_floats() throws IOException {
    String header = "{" + ONE.replace("F32", "I32") + "}";
    try (SafetensorsReader reader = SafetensorsReader.open(file(header, 8))) {
      assertThat(reader.tensors()).containsKey("a");
      assertThatThrownBy(() -> reader.read("a", 0, ByteBuffer.allocate(8)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("stored as I32");
    }
  }

  @Test
  void a_file_cut_while_it_is_open_is_a_checkpoint_exception() throws IOException {
    Path path = file("{" + ONE + "}", 8);
    try (SafetensorsReader reader = SafetensorsReader.open(path)) {
      try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw")) {
        access.setLength(access.length() - 4);
      }
      assertThatThrownBy(() -> reader.read("a", 0, ByteBuffer.allocate(8)))
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void tensors_beyond_two_gibibytes_are_read_at_their_offsets() throws IOException {
    // A sparse file: 3 GiB of zeros, then two floats.
    long large = 3L << 30;
    String header =
        "{\"big\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
            .formatted(large / 4, large, large, large + 8);
    Path path = folder.resolve("large.safetensors");
    try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw")) {
      byte[] text = header.getBytes(StandardCharsets.UTF_8);
      access.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      access.write(text);
      access.setLength(8 + text.length + large + 8);
      access.seek(8 + text.length + large - 4);
      ByteBuffer floats = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      access.write(floats.putFloat(7f).putFloat(1.5f).putFloat(-2.5f).array());
    }
    try (SafetensorsReader reader = SafetensorsReader.open(path)) {
      ByteBuffer target = ByteBuffer.allocate(8);
      reader.read("a", 0, target);
      assertThat(target.flip().getFloat()).isEqualTo(1.5f);
      assertThat(target.getFloat()).isEqualTo(-2.5f);
      ByteBuffer last = ByteBuffer.allocate(4);
      reader.read("big", large / 4 - 1, last);
      assertThat(last.flip().getFloat()).isEqualTo(7f);
    }
  }

  @Test
  void elements_outside_of_the_tensor_are_an_argument_error() throws IOException {
    try (SafetensorsReader reader = SafetensorsReader.open(file("{" + ONE + "}", 8))) {
      assertThatThrownBy(() -> reader.read("a", 1, ByteBuffer.allocate(8)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0001, 5.9604645E-8",
    "0x03ff, 6.097555E-5",
    "0x0400, 6.1035156E-5",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x3555, 0.33325195"
  })
  void halves_are_widened_exactly(String bits, float expected) {
    float actual = StoredType.halfToFloat(Integer.decode(bits).shortValue());
    assertThat(Float.floatToRawIntBits(actual)).isEqualTo(Float.floatToRawIntBits(expected));
  }

  @Test
  void a_half_that_is_not_a_number_stays_one() {
    assertThat(StoredType.halfToFloat((short) 0x7e01)).isNaN();
  }
}
