package io.refract.train.generation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.refract.train.tokenization.T5Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What somebody sees who watches a text being written. */
class TextPiecesTest {

  private static List<String> pieces(String text) throws Exception {
    Path directory =
        Path.of(
            Objects.requireNonNull(
                    TextPiecesTest.class.getResource("/io/refract/train/tokenization/t5"))
                .toURI());
    try (T5Tokenizer tokenizer = T5Tokenizer.load(directory)) {
      int[] ids = tokenizer.encode(text, 512);
      TextPieces pieces = new TextPieces(tokenizer);
      List<String> shown = new ArrayList<>();
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < ids.length; i++) {
        String piece = pieces.next(ids[i], i == ids.length - 1);
        all.append(piece);
        if (!piece.isEmpty()) {
          shown.add(piece);
        }
      }
      assertThat(all.toString()).isEqualTo(tokenizer.decode(ids));
      return shown;
    }
  }

  @Test
  void words_come_whole() throws Exception {
    assertThat(pieces("the customer was refused after fourteen days"))
        .containsExactly("the", " customer", " was", " refused", " after", " fourteen", " days");
  }

  @Test
  void blanks_before_punctuation_are_never_shown() throws Exception {
    assertThatNoException()
        .isThrownBy(() -> pieces("No , I do n't . Why ? It 's \u00fcber 5 \u20ac !"));
  }
}
