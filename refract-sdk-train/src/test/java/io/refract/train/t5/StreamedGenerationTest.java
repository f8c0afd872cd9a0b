package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.scoring.GenerationSettings;
import io.refract.train.testing.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a stream of inputs needs of memory does not grow with its length. */
class StreamedGenerationTest {

  private static final Path TOKENIZER = Golden.resource("/io/refract/train/tokenization/t5");
  private static final Pattern PEAK = Pattern.compile("peak (\\d+) MB");

  private static String stream(int rows) throws Exception {
    ChildJvm child =
        ChildJvm.run(
            GeneratingChild.class,
            entry -> true,
            List.of("-Xmx24m", "-XX:+ExitOnOutOfMemoryError"),
            Integer.toString(rows),
            TOKENIZER.toString());
    assertThat(child.status()).as(child.output()).isZero();
    assertThat(child.output()).contains(rows + " outputs");
    return child.output();
  }

  private static int peak(String output) {
    Matcher matcher = PEAK.matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  @Test
  void a_stream_gives_what_single_calls_give_in_the_same_order() {
    GenerationSettings settings = new GenerationSettings(16, 6, 32);
    List<String> inputs = IntStream.range(0, 700).mapToObj(GeneratingChild::text).toList();
    try (T5Model model = GeneratingChild.model(TOKENIZER)) {
      List<String> streamed = model.generate(inputs.stream(), settings).toList();
      assertThat(streamed).hasSize(700).doesNotContain((String) null);
      for (int i = 0; i < 700; i += 37) {
        assertThat(model.generate(List.of(inputs.get(i)), settings))
            .containsExactly(streamed.get(i));
      }
    }
  }

  @Test
  void thirty_thousand_rows_are_generated_in_a_heap_of_24_megabytes() throws Exception {
    stream(30_000);
  }

  @Tag("slow")
  @Test
  void a_million_rows_take_no_more_memory_than_thirty_thousand() throws Exception {
    int few = peak(stream(30_000));
    int many = peak(stream(1_000_000));
    // Compiled code and the allocator's pools still grow; measured: 267 and 339 MB.
    assertThat(many).isLessThan(few + 150);
  }
}
