package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.progress.ProgressListener;
import io.refract.train.tokenization.T5Tokenizer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DataProfileTest {

  private static T5Tokenizer tokenizer;

  @BeforeAll
  static void load() throws URISyntaxException {
    tokenizer =
        T5Tokenizer.load(
            Path.of(T5Tokenizer.class.getResource("/io/refract/train/tokenization/t5").toURI()));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static EncodedDataset encode(Dataset data, int maxSource, int maxTarget) {
    return EncodedDataset.encode(
        data, tokenizer, "", maxSource, maxTarget, ProgressListener.none());
  }

  @Test
  void a_profile_tells_what_the_model_will_not_see() {
    Dataset data =
        Dataset.of(
            List.of(
                new Example("my card is late", "card"),
                new Example("my card is late", "card"),
                new Example("my card is late", "late"),
                new Example("my card {late} \ud83d\ude00", "card <"),
                new Example("card ".repeat(30), "late ".repeat(20)),
                new Example("", "card")));
    DataProfile profile = encode(data, 16, 8).profile();
    assertThat(profile.rowsRead()).isEqualTo(6);
    assertThat(profile.rowsUsed()).isEqualTo(5);
    assertThat(profile.emptyCells()).isEqualTo(1);
    assertThat(profile.duplicates()).isEqualTo(1);
    assertThat(profile.conflicts()).isEqualTo(1);
    assertThat(profile.truncatedSources()).isEqualTo(1);
    assertThat(profile.truncatedTargets()).isEqualTo(1);
    assertThat(profile.sourceTokens().max())
        .isEqualTo(tokenizer.encode("card ".repeat(30), 1_000).length);
    assertThat(profile.rowsWithUnknownTokens()).isEqualTo(1);
    assertThat(profile.unknownTexts())
        .isEqualTo(Map.of("{", 1L, "}", 1L, "<", 1L, "\ud83d\ude00", 1L));
    assertThat(profile.toString())
        .startsWith(
            "examples in memory, all: 5 examples, of 6 rows of the source, 1 of them with an empty cell")
        .contains("1 (20.0 %) are cut to 16 tokens")
        .contains("1 (20.0 %) of the examples repeat the source and target of an earlier one")
        .contains("1 (20.0 %) of the examples hold characters that the vocabulary lacks")
        .contains("most often < (1), { (1), } (1)")
        .doesNotContain("stands in the training data");
  }

  @Test
  void leakage_is_seen_through_white_space_and_unicode_forms() {
    Dataset training = Dataset.of(List.of(new Example("caf\u00e9 open", "a")));
    Dataset validation =
        Dataset.of(List.of(new Example("cafe\u0301  open ", "b"), new Example("other", "c")));
    EncodedDataset encoded = encode(validation, 16, 16);
    assertThat(encoded.profile(training).leakedRows()).isEqualTo(1);
    assertThat(encoded.profile(validation).leakedRows()).isZero();
    assertThat(encoded.profile().leakedRows()).isZero();
    assertThat(encoded.profile(training).toString())
        .endsWith("1 (50.0 %) of the examples have a source that also stands in the training data");
  }

  @Test
  void the_sides_of_a_hold_out_share_nothing() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      examples.add(new Example("card " + i % 100, "t" + i));
    }
    Split split = Dataset.of(examples).holdOut(0.2, 3);
    DataProfile profile = encode(split.validation(), 16, 16).profile(split.training());
    assertThat(profile.leakedRows()).isZero();
    assertThat(profile.conflicts()).isEqualTo(2L * split.validation().size() / 3);
    assertThat(profile.name()).isEqualTo("examples in memory, hold-out 0.2, validation side");
  }

  @Test
  void ids_are_those_of_the_tokenizer_cut_with_the_end_token_kept() {
    Random random = new Random(2);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      examples.add(new Example("my card is late ".repeat(1 + random.nextInt(9)) + i, "late " + i));
    }
    EncodedDataset encoded = encode(Dataset.of(examples), 20, 3);
    for (int row : new int[] {0, 15, 16, 17, 511, 512, 1_088, 1_099}) {
      assertThat(encoded.source(row))
          .isEqualTo(tokenizer.encode(examples.get(row).source(), 20))
          .hasSize(encoded.sourceTokens(row));
      assertThat(encoded.target(row))
          .isEqualTo(tokenizer.encode(examples.get(row).target(), 3))
          .hasSize(encoded.targetTokens(row));
    }
  }

  /** The definitions, on lengths that are sorted by the test itself. */
  @Test
  void histograms_count_each_length_once() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int[] lengths = random.ints(1 + random.nextInt(400), 1, 2 + random.nextInt(3_000)).toArray();
      LengthCounter counter = new LengthCounter();
      Arrays.stream(lengths).forEach(counter::add);
      LengthHistogram histogram = counter.histogram();
      int[] sorted = Arrays.stream(lengths).sorted().toArray();
      assertThat(histogram.min()).isEqualTo(sorted[0]);
      assertThat(histogram.max()).isEqualTo(sorted[sorted.length - 1]);
      assertThat(histogram.median()).isEqualTo(sorted[(sorted.length + 1) / 2 - 1]);
      assertThat(histogram.percentile95())
          .isEqualTo(sorted[(int) Math.ceil(0.95 * sorted.length) - 1]);
      int next = histogram.bins().get(0).from();
      for (LengthHistogram.Bin bin : histogram.bins()) {
        assertThat(bin.from()).isEqualTo(next);
        assertThat(bin.count())
            .isEqualTo(
                Arrays.stream(lengths).filter(it -> it >= bin.from() && it <= bin.to()).count());
        next = bin.to() + 1;
      }
      assertThat(histogram.bins()).hasSizeLessThanOrEqualTo(22);
      assertThat(histogram.bins().stream().mapToLong(LengthHistogram.Bin::count).sum())
          .isEqualTo(lengths.length);
    }
  }

  @Test
  void one_very_long_text_does_not_hide_the_others() {
    LengthCounter counter = new LengthCounter();
    for (int i = 0; i < 1_000; i++) {
      counter.add(1 + i % 40);
    }
    counter.add(100_000);
    LengthHistogram histogram = counter.histogram();
    assertThat(histogram.bins()).hasSizeGreaterThan(15);
    assertThat(histogram.bins().get(histogram.bins().size() - 1).to()).isEqualTo(100_000);
    assertThat(histogram.toString()).startsWith("1 to 100,000 tokens, mean 120.4, median 21");
  }
}
