package io.refract.train.pretrain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.google.common.primitives.Ints;
import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.train.data.DataException;
import io.refract.train.data.EncodedExamples;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextCorpusTest {

  private static final T5Tokenizer TOKENIZER =
      T5Tokenizer.load(Path.of("src/test/resources/io/refract/train/tokenization/t5"));

  private static final List<String> DOCUMENTS =
      IntStream.range(0, 40)
          .mapToObj(i -> "The quick fox number " + i + " jumps over the lazy dog.")
          .toList();

  @AfterAll
  static void close() {
    TOKENIZER.close();
  }

  private static EncodedExamples encode(TextCorpus corpus, String prefix, int source, int target) {
    return corpus.encode(TOKENIZER, prefix, source, target, ProgressListener.none());
  }

  /** Returns the ids of all documents one behind the other, without end tokens. */
  private static List<Integer> ids(List<String> documents) {
    List<Integer> ids = new ArrayList<>();
    for (String document : documents) {
      List<Integer> own = Ints.asList(TOKENIZER.encode(document, Integer.MAX_VALUE));
      ids.addAll(own.subList(0, own.size() - 1));
    }
    return ids;
  }

  /** Puts the spans of the targets back into the sources. */
  private static List<Integer> restored(EncodedExamples examples, int epoch) {
    List<Integer> sentinels = Ints.asList(TOKENIZER.sentinelTokenIds());
    List<Integer> text = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      List<Integer> target = Ints.asList(examples.example(i, epoch).target());
      for (int id : examples.example(i, epoch).source()) {
        if (sentinels.contains(id)) {
          int next = target.indexOf(id) + 1;
          while (!sentinels.contains(target.get(next)) && target.get(next) != 1) {
            text.add(target.get(next++));
          }
        } else if (id != 1) {
          text.add(id);
        }
      }
    }
    return text;
  }

  @Test
  void documents_are_joined_and_cut_so_that_sources_are_as_long_as_they_may_be() {
    EncodedExamples examples = encode(TextCorpus.of("foxes", DOCUMENTS), "", 64, 32);
    List<Integer> text = ids(DOCUMENTS);
    var lengths = SpanCorruption.defaults().fitting(64, 32);

    assertThat(lengths.source()).isEqualTo(64);
    assertThat(examples.size()).isEqualTo((text.size() + lengths.text() - 1) / lengths.text());
    for (int i = 0; i < examples.size() - 1; i++) {
      assertThat(examples.example(i, 0).source()).hasSize(64);
      assertThat(examples.example(i, 0).target()).hasSize(lengths.target());
    }
    assertThat(restored(examples, 0)).isEqualTo(text);
  }

  @Test
  void every_epoch_hides_other_spans_of_the_same_lengths() {
    EncodedExamples examples = encode(TextCorpus.of("foxes", DOCUMENTS), "", 64, 32);
    assertThat(restored(examples, 1)).isEqualTo(restored(examples, 0));
    // The last text is so short that it has one span, which is always at the end.
    for (int i = 0; i < examples.size() - 1; i++) {
      var first = examples.example(i, 0);
      var second = examples.example(i, 1);
      assertThat(second.source()).isNotEqualTo(first.source());
      assertThat(second.source()).hasSize(examples.sourceTokens(i)).hasSameSizeAs(first.source());
      assertThat(second.target()).hasSize(examples.targetTokens(i)).hasSameSizeAs(first.target());
    }
  }

  @Test
  void the_seed_decides_and_nothing_else() {
    TextCorpus corpus = TextCorpus.of("foxes", DOCUMENTS);
    EncodedExamples examples = encode(corpus, "", 64, 32);
    EncodedExamples same = encode(corpus, "", 64, 32);
    EncodedExamples other = encode(corpus.seed(43), "", 64, 32);
    assertThat(same.example(2, 5).source()).containsExactly(examples.example(2, 5).source());
    assertThat(other.example(2, 5).source()).isNotEqualTo(examples.example(2, 5).source());
  }

  @Test
  void texts_of_one_epoch_have_different_spans() {
    List<String> same = List.of("a b ".repeat(2000));
    EncodedExamples examples = encode(TextCorpus.of("same", same), "", 64, 32);
    assertThat(
            IntStream.range(0, examples.size() - 1)
                .mapToObj(i -> Ints.asList(examples.example(i, 0).source()))
                .distinct()
                .count())
        .isGreaterThan(examples.size() / 2);
  }

  @Test
  void a_prefix_stands_in_front_of_every_source_and_counts() {
    EncodedExamples examples = encode(TextCorpus.of("foxes", DOCUMENTS), "The fox ", 64, 32);
    int[] prefix = TOKENIZER.encode("The fox ", 100);
    assertThat(examples.example(0, 0).source()).hasSize(64);
    assertThat(Ints.asList(examples.example(0, 0).source()).subList(0, prefix.length - 1))
        .isEqualTo(Ints.asList(prefix).subList(0, prefix.length - 1));
  }

  @Test
  void a_file_has_a_document_per_line_and_the_digest_of_its_bytes(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("foxes.txt");
    Files.writeString(file, String.join("\n", DOCUMENTS) + "\n\n  \n");
    TextCorpus corpus = TextCorpus.lines(file);

    assertThat(restored(encode(corpus, "", 64, 32), 0)).isEqualTo(ids(DOCUMENTS));
    assertThat(corpus.provenance().rows()).isEqualTo(40);
    assertThat(corpus.provenance().name()).isEqualTo(file.toString());
    assertThat(corpus.provenance().sha256())
        .isEqualTo(Hashing.sha256().hashBytes(Files.readAllBytes(file)).toString());
  }

  @Test
  void a_directory_has_a_document_per_text_file_in_the_order_of_the_paths(@TempDir Path directory)
      throws IOException {
    Files.createDirectories(directory.resolve("more"));
    Files.writeString(directory.resolve("b.txt"), "the dog\njumps");
    Files.writeString(directory.resolve("a.txt"), "the fox");
    Files.writeString(directory.resolve("more/c.txt"), "over the lazy");
    Files.writeString(directory.resolve("read.me"), "not this");
    TextCorpus corpus = TextCorpus.directory(directory);

    assertThat(restored(encode(corpus, "", 64, 32), 0))
        .isEqualTo(ids(List.of("the fox", "the dog\njumps", "over the lazy")));
    assertThat(corpus.provenance().rows()).isEqualTo(3);
    String before = corpus.provenance().sha256();
    Files.move(directory.resolve("a.txt"), directory.resolve("z.txt"));
    assertThat(TextCorpus.directory(directory).provenance().sha256()).isNotEqualTo(before);
  }

  /** Returns so many tokens that they are in a file, and not in one record of it. */
  private static TextCorpus large() {
    return TextCorpus.of("large", Collections.nCopies(30, "the lazy dog jumps ".repeat(2500)));
  }

  @Test
  void texts_that_lie_across_the_records_of_the_file_are_whole() {
    EncodedExamples examples = encode(large(), "", 64, 32);
    List<Integer> text = ids(Collections.nCopies(30, "the lazy dog jumps ".repeat(2500)));
    assertThat(text).hasSizeGreaterThan(1 << 18);
    assertThat(restored(examples, 0)).isEqualTo(text);
  }

  /** Batches that nobody wants any more are stopped with an interrupt, also while they are read. */
  @Test
  void an_interrupt_does_not_end_the_corpus() {
    EncodedExamples examples = encode(large(), "", 64, 32);
    int[] source = examples.example(7, 0).source();
    Thread.currentThread().interrupt();
    try {
      assertThat(examples.example(7, 0).source()).containsExactly(source);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(examples.example(7, 0).source()).containsExactly(source);
  }

  /** An interrupted thread cannot write a channel, as if the disk were full. */
  @Test
  void token_ids_that_cannot_be_kept_are_told_from_a_corpus_that_cannot_be_read() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> encode(large(), "", 64, 32))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("Cannot keep the token ids of the corpus in a temporary file in ")
          .hasMessageContaining("java.io.tmpdir");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void the_provenance_goes_through_the_documents_once() {
    int[] passes = {0};
    Iterable<String> counted =
        () -> {
          passes[0]++;
          return DOCUMENTS.iterator();
        };
    TextCorpus corpus = TextCorpus.of("foxes", counted);
    assertThat(corpus.provenance().rows()).isEqualTo(40);
    assertThat(corpus.seed(7).provenance().rows()).isEqualTo(40);
    assertThat(passes[0]).isEqualTo(1);
  }

  @Test
  void the_provenance_tells_how_the_texts_are_corrupted() {
    TextCorpus corpus = TextCorpus.of("foxes", DOCUMENTS);
    TextCorpus denser = corpus.corruption(SpanCorruption.defaults().withDensity(0.3));
    assertThat(corpus.provenance().split())
        .isEqualTo("all, spans corrupted with density 0.15 and mean length 3.0");
    assertThat(denser.provenance().split()).contains("density 0.3");
    assertThat(denser.provenance().sha256()).isEqualTo(corpus.provenance().sha256());
    assertThat(corpus.provenance().seed()).isEqualTo(42);
    assertThat(corpus.seed(43).provenance().seed()).isEqualTo(43);
  }

  @Test
  void long_corpora_report_how_far_they_are() {
    List<ProgressEvent> events = new ArrayList<>();
    List<String> many = IntStream.range(0, 1500).mapToObj(i -> "fox " + i).toList();
    TextCorpus.of("many", many).encode(TOKENIZER, "", 64, 32, events::add);
    assertThat(events).extracting(ProgressEvent::done).containsExactly(512L, 1024L);
    assertThat(events).allSatisfy(event -> assertThat(event.unit()).isEqualTo("documents"));
  }

  @Test
  void what_cannot_be_used_is_refused_with_the_reason(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing.txt");
    assertThatThrownBy(() -> TextCorpus.lines(missing))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "Cannot read the corpus %s: there is no such file. Check the path.".formatted(missing));
    assertThatThrownBy(() -> TextCorpus.directory(missing)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> encode(TextCorpus.of("empty", List.of("", " ")), "", 64, 32))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("Cannot use the corpus: its 0 documents have 0 tokens together");
    Path latin = directory.resolve("latin.txt");
    Files.writeString(latin, "café\n", ISO_8859_1);
    assertThatThrownBy(() -> encode(TextCorpus.lines(latin), "", 64, 32))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("latin.txt: it is not UTF-8");
    // The tokenizer of the tests has 10 sentinels.
    assertThatThrownBy(() -> encode(TextCorpus.of("foxes", DOCUMENTS), "", 512, 512))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "Cannot corrupt texts of 568 tokens: they have 28 spans, but the tokenizer has 10"
                + " sentinels. Use shorter sources or longer spans.");
  }
}
