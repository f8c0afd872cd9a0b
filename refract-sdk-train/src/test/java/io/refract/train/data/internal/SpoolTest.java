package io.refract.train.data.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpoolTest {

  private static List<byte[]> records(Random random, int count, int longest) {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] record = new byte[random.nextInt(longest + 1)];
      random.nextBytes(record);
      records.add(record);
    }
    return records;
  }

  private static void assertReadsBack(SpoolWriter writer, List<byte[]> records) throws IOException {
    LongList addresses = new LongList();
    for (byte[] record : records) {
      addresses.add(writer.append(ByteBuffer.wrap(record)));
    }
    Spool spool = writer.finish();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(3));
    for (int i : order) {
      byte[] read = new byte[records.get(i).length];
      spool.at(addresses.get(i)).get(read);
      assertThat(read).as("record %s", i).isEqualTo(records.get(i));
    }
    assertThat(spool.bytes()).isEqualTo(records.stream().mapToLong(it -> it.length).sum());
  }

  /** Small limits, so that buffer, file and many segments are all used; records longer, too. */
  @Test
  void records_come_back_in_any_order_across_buffers_and_segments() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      List<byte[]> records = records(new Random(seed), 500, 300);
      assertReadsBack(new SpoolWriter(64, 200), records);
      assertReadsBack(new SpoolWriter(1 << 15, 1 << 30), records);
      assertReadsBack(new SpoolWriter(1 << 20, 1 << 30), records);
    }
    assertReadsBack(new SpoolWriter(), List.of());
    assertReadsBack(new SpoolWriter(), List.of(new byte[0]));
  }

  @Test
  void more_than_a_block_of_addresses_is_kept() throws IOException {
    assertReadsBack(new SpoolWriter(), records(new Random(1), 20_000, 4));
  }

  @Test
  void a_file_that_cannot_be_written_is_an_error() throws IOException {
    SpoolWriter writer = new SpoolWriter(16, 1 << 30);
    writer.append(ByteBuffer.allocate(100_000));
    writer.close();
    assertThatIOException().isThrownBy(() -> writer.append(ByteBuffer.allocate(100_000)));
  }
}
