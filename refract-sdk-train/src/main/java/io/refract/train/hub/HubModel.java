package io.refract.train.hub;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.refract.progress.ProgressListener;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A model of the hub that is to be downloaded. Not thread-safe; several may download at once. */
public final class HubModel {

  private static final String MAIN = "main";
  private static final Pattern REVISION = Pattern.compile("\\w[\\w.+-]*(/\\w[\\w.+-]*)*");
  private static final int LONGEST_REVISION = 200;

  private final HubSettings settings;
  private final Pauses pauses;
  private final String id;
  private String revision = MAIN;
  private ProgressListener progress = ProgressListener.none();

  HubModel(HubSettings settings, Pauses pauses, String id) {
    this.settings = settings;
    this.pauses = pauses;
    this.id = id;
  }

  /**
   * Sets which state of the model is meant; default {@code "main"}.
   *
   * @param value a branch, a tag, or a commit of 40 hexadecimal digits; only a commit stays the
   *     same for ever
   * @throws IllegalArgumentException if it cannot be one
   */
  public HubModel revision(String value) {
    checkArgument(
        isRevision(value), "revision must be a branch, a tag or a commit but was '%s'", value);
    revision = value;
    return this;
  }

  static boolean isRevision(String text) {
    return text.length() <= LONGEST_REVISION
        && REVISION.matcher(text).matches()
        && !text.contains("..");
  }

  /**
   * Sets who hears of the download, in bytes over all files; default nobody.
   *
   * @param listener the listener
   */
  public HubModel progress(ProgressListener listener) {
    progress = requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Completes the model in the cache, and returns where it is: a directory whose name is the
   * commit.
   *
   * <p>Only what the SDK reads is downloaded: the configurations, the tokenizer and safetensors
   * weights, one file or shards. Pickles are never fetched. What was interrupted is continued, what
   * arrives is verified against the digest that the hub lists, and connections that break, status
   * 429 and status 5xx are tried again, five times in a row at most. Threads and processes may
   * download the same model at once.
   *
   * <p>A commit that is in the cache is used without a request. For a branch or tag the hub is
   * asked once which commit it is; when it does not answer, the cached one is used, with a warning
   * in the log.
   *
   * @return the directory, complete
   * @throws HubException if there is no such model, revision or file; if it may not be read, is
   *     damaged or holds pickles only; if the hub cannot be reached or the disk cannot be written,
   *     and no complete copy is in the cache
   */
  public Path download() {
    return new SnapshotDownload(settings, pauses, id, revision, progress).run();
  }

  @Override
  public String toString() {
    return id + "@" + revision;
  }
}
