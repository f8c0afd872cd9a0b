package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelativePositionsTest {

  private record Case(
      boolean bidirectional, int buckets, int max_distance, int first, List<Integer> expected) {}

  @Test
  void every_bucket_is_that_of_transformers() throws IOException {
    String json = Files.readString(Golden.resource("/golden/t5/buckets.json"));
    List<Case> cases = new Gson().fromJson(json, new TypeToken<List<Case>>() {}.getType());
    for (Case golden : cases) {
      for (int i = 0; i < golden.expected().size(); i++) {
        int position = golden.first() + i;
        assertThat(
                RelativePositions.bucket(
                    position, golden.bidirectional(), golden.buckets(), golden.max_distance()))
            .as("position %s of %s", position, golden)
            .isEqualTo(golden.expected().get(i));
      }
    }
  }

  @Test
  void in_the_encoder_later_keys_use_the_upper_half() {
    assertThat(RelativePositions.table(3, 4, true, 32, 128))
        .containsExactly(
            0, 17, 18, 19, //
            1, 0, 17, 18, //
            2, 1, 0, 17);
  }

  @Test
  void in_the_decoder_later_keys_share_bucket_zero() {
    assertThat(RelativePositions.table(3, 3, false, 32, 128))
        .containsExactly(
            0, 0, 0, //
            1, 0, 0, //
            2, 1, 0);
  }

  @Test
  void the_last_row_of_a_table_is_what_decoding_step_by_step_uses() {
    RelativePositions positions = new RelativePositions(false, 32, 128);
    long[] table = positions.table(40, 40);
    assertThat(positions.row(40)).isEqualTo(Arrays.copyOfRange(table, 39 * 40, 40 * 40));
  }
}
