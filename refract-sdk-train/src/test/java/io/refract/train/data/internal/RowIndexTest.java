package io.refract.train.data.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowIndexTest {

  @Test
  void the_first_row_of_each_key_is_found_as_a_map_finds_it() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<String> keys = new ArrayList<>();
      for (int row = 0; row < 3_000; row++) {
        keys.add("k" + random.nextInt(1 + seed * 500));
      }
      Map<String, Integer> expected = new HashMap<>();
      RowIndex index = new RowIndex(keys.size(), keys::get);
      for (int row = 0; row < keys.size(); row++) {
        Integer first = expected.putIfAbsent(keys.get(row), row);
        assertThat(index.findOrAdd(keys.get(row), row))
            .isEqualTo(first == null ? RowIndex.NONE : first);
      }
      expected.forEach((key, row) -> assertThat(index.find(key)).isEqualTo(row));
      assertThat(index.find("other")).isEqualTo(RowIndex.NONE);
    }
  }

  /** A row whose key reads back differently stands for one whose hash is equal by chance. */
  @Test
  void equal_hashes_of_different_keys_are_told_apart() {
    List<String> keys = new ArrayList<>(List.of("a", "b"));
    RowIndex index = new RowIndex(2, keys::get);
    assertThat(index.findOrAdd("a", 0)).isEqualTo(RowIndex.NONE);
    keys.set(0, "another key with the hash of a");
    assertThat(index.findOrAdd("a", 1)).isEqualTo(RowIndex.NONE);
  }
}
