package io.refract.train.pretrain;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Suppliers;
import io.refract.progress.ProgressListener;
import io.refract.provenance.DatasetProvenance;
import io.refract.train.data.DataException;
import io.refract.train.data.EncodedExamples;
import io.refract.train.data.TrainingData;
import io.refract.train.tokenization.T5Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Plain text to learn a language from, without labels: see {@link SpanCorruption}.
 *
 * <pre>{@code
 * T5Trainer.of(model)
 *     .data(TextCorpus.lines(Path.of("wiki.txt")))
 *     .maxSourceTokens(512).maxTargetTokens(114)
 *     .optimizer(ScaledAdamW.defaults()).schedule(LearningRateSchedule.cosine().withWarmupRatio(0.1))
 *     .train();
 * }</pre>
 *
 * <p>The documents are put one behind the other, as in T5's own pre-training, and cut into texts of
 * one length, such that sources and targets are as long as the training permits and nothing is
 * padding or cut off. Only the last text may be shorter. Every epoch corrupts every text anew; the
 * seed, the epoch and the position of a text decide how.
 *
 * <p>Token ids are kept in a temporary file, 4 bytes each, so the heap does not limit the corpus.
 * Texts are UTF-8; blank documents are left out. Immutable and thread-safe.
 */
public final class TextCorpus implements TrainingData {

  private static final long DEFAULT_SEED = 42;

  private final Documents documents;
  private final SpanCorruption corruption;
  private final long seed;
  private final Supplier<DatasetProvenance> provenance;

  private TextCorpus(
      Documents documents,
      SpanCorruption corruption,
      long seed,
      Supplier<DatasetProvenance> provenance) {
    this.documents = documents;
    this.corruption = requireNonNull(corruption, "corruption");
    this.seed = seed;
    this.provenance = provenance;
  }

  private static TextCorpus of(Documents documents) {
    return new TextCorpus(
        documents,
        SpanCorruption.defaults(),
        DEFAULT_SEED,
        Suppliers.memoize(() -> provenanceOf(documents)));
  }

  /**
   * Takes every line of a file as a document.
   *
   * @throws DataException if there is no such file
   */
  public static TextCorpus lines(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          "Cannot read the corpus %s: there is no such file. Check the path.".formatted(file));
    }
    return of(Documents.lines(file));
  }

  /**
   * Takes every file below a directory whose name ends in {@code .txt} as a document, in the order
   * of the paths.
   *
   * @throws DataException if there is no such directory
   */
  public static TextCorpus directory(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new DataException(
          "Cannot read the corpus %s: there is no such directory. Check the path."
              .formatted(directory));
    }
    return of(Documents.files(directory));
  }

  /**
   * Takes documents from anywhere.
   *
   * @param name what reports call them
   * @param documents the texts; gone through once for the provenance and once for each training,
   *     with the same texts each time
   */
  public static TextCorpus of(String name, Iterable<String> documents) {
    checkArgument(!name.isBlank(), "the name of a corpus must not be blank");
    return of(Documents.of(name, requireNonNull(documents, "documents")));
  }

  /** Returns this corpus with another share or length of the spans. */
  public TextCorpus corruption(SpanCorruption value) {
    return new TextCorpus(documents, value, seed, provenance);
  }

  /** Returns this corpus with another seed for where the spans are; default 42. */
  public TextCorpus seed(long value) {
    return new TextCorpus(documents, corruption, value, provenance);
  }

  /**
   * Encodes the documents and cuts them into texts.
   *
   * @throws DataException if the documents cannot be read, have fewer than 2 tokens together, or
   *     need more sentinels than the tokenizer has, or the temporary file cannot be written
   */
  @Override
  public EncodedExamples encode(
      T5Tokenizer tokenizer,
      String taskPrefix,
      int maxSourceTokens,
      int maxTargetTokens,
      ProgressListener progress) {
    try (CorpusEncoder encoder =
        CorpusEncoder.of(tokenizer, corruption, taskPrefix, maxSourceTokens, maxTargetTokens)) {
      documents.forEach(encoder.reporting(progress));
      return encoder.finish(seed);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Returns which texts these are, and in {@code split} and {@code seed} how they are corrupted.
   * Reads the documents to find it out; afterwards it is remembered.
   */
  @Override
  public DatasetProvenance provenance() {
    DatasetProvenance texts = provenance.get();
    String corrupted =
        "all, spans corrupted with density %s and mean length %s"
            .formatted(corruption.density(), corruption.meanSpanLength());
    return texts.withSplit(corrupted, seed, texts.rows());
  }

  private static DatasetProvenance provenanceOf(Documents documents) {
    try {
      return documents.provenance();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static DataException unreadable(IOException cause) {
    return new DataException("Cannot read the corpus: %s".formatted(cause.getMessage()), cause);
  }
}
