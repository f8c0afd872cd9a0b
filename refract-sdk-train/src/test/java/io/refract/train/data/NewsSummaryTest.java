package io.refract.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.refract.progress.ProgressListener;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file in the form of the public news_summary.csv: its columns, windows-1252 bytes, empty
 * articles, quotes and line breaks inside of articles of up to 3,000 words. The texts are made up.
 */
class NewsSummaryTest {

  private static final int ROWS = 300;
  private static final String[] WORDS = {
    "the",
    "minister",
    "said",
    "\u201cno\u201d",
    "on",
    "Monday",
    "\u2013",
    "caf\u00e9",
    "\"yes\"",
    "a,",
    "\u20ac5",
    "market",
    "rose",
    "\r\n",
    "it\u2019s",
    "new"
  };

  @TempDir private Path temp;

  private Path write() throws IOException {
    Random random = new Random(11);
    StringBuilder csv = new StringBuilder("author,date,headlines,read_more,text,ctext\r\n");
    for (int row = 0; row < ROWS; row++) {
      String article = row % 100 == 50 ? "" : words(random, row == 7 ? 3_000 : 100 + row);
      csv.append("Author ").append(row).append(",\"03 Aug 2017,Thursday\",Headline,");
      csv.append("http://example.org/").append(row).append(",");
      csv.append(quoted("Short " + row + " " + words(random, 20))).append(",");
      csv.append(quoted(article)).append("\r\n");
    }
    return Files.write(
        temp.resolve("news_summary.csv"), csv.toString().getBytes(Charset.forName("windows-1252")));
  }

  private static String words(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  @Test
  void the_file_is_read_whole_and_its_profile_tells_what_is_cut()
      throws IOException, URISyntaxException {
    Dataset news = Dataset.csv(write()).source("ctext").target("text").read();
    assertThat(news.size()).isEqualTo(ROWS - 3);
    assertThat(news.report().emptyCells()).isEqualTo(3);
    assertThat(news.report().remarks())
        .singleElement()
        .asString()
        .startsWith("read as windows-1252");
    assertThat(news.examples().get(7).source().split("\\s+")).hasSizeGreaterThan(2_700);
    assertThat(news.examples().get(7).source()).contains("\u201cno\u201d", "\u20ac5", "\"yes\"");

    Split split = news.holdOut(0.1, 42);
    try (T5Tokenizer tokenizer =
        T5Tokenizer.load(
            Path.of(T5Tokenizer.class.getResource("/io/refract/train/tokenization/t5").toURI()))) {
      DataProfile profile =
          EncodedDataset.encode(
                  split.training(), tokenizer, "summarize: ", 512, 150, ProgressListener.none())
              .profile();
      assertThat(profile.rowsUsed()).isEqualTo(split.training().size());
      assertThat(profile.emptyCells()).isEqualTo(3);
      assertThat(profile.truncatedSources()).isPositive();
      assertThat(profile.duplicates()).isZero();
      assertThat(profile.sourceTokens().max()).isGreaterThan(512);
      assertThat(profile.toString()).contains("are cut to 512 tokens");
    }
  }
}
