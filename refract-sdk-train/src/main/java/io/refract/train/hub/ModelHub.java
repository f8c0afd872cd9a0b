package io.refract.train.hub;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Hugging Face hub, with the cache on this machine that all Hugging Face tools share.
 *
 * <pre>{@code
 * Path directory = ModelHub.ofEnvironment()
 *     .model("google-t5/t5-small")
 *     .revision("df1b051c49625cf57a3d0d8d3863ed4d13564fe4")
 *     .progress(Progress.bar())
 *     .download();
 * }</pre>
 *
 * <p>Proxies are those of the JVM ({@code https.proxyHost}). Immutable and thread-safe; each setter
 * returns another hub.
 */
public final class ModelHub {

  private static final Pattern NAME = Pattern.compile("\\w([\\w.-]*\\w)?(/\\w([\\w.-]*\\w)?)?");
  private static final Pattern SNAPSHOT_OWNER = Pattern.compile("models--(.+)");
  private static final int LONGEST_NAME = 96;

  private final HubSettings settings;
  private final Pauses pauses;

  private ModelHub(HubSettings settings, Pauses pauses) {
    this.settings = settings;
    this.pauses = pauses;
  }

  /**
   * Returns the hub that the environment of this process names, by the variables of {@code
   * huggingface_hub}:
   *
   * <ul>
   *   <li>{@code HF_ENDPOINT}, the address; default {@code https://huggingface.co}
   *   <li>{@code HF_HUB_CACHE}, else {@code HUGGINGFACE_HUB_CACHE}, else {@code hub} in {@code
   *       HF_HOME}; the latter is {@code huggingface} in {@code XDG_CACHE_HOME} or {@code ~/.cache}
   *   <li>{@code HF_TOKEN}, else the file {@code HF_TOKEN_PATH}, else {@code token} in {@code
   *       HF_HOME}; with {@code HF_HUB_DISABLE_IMPLICIT_TOKEN=1} none of them
   *   <li>{@code HF_HUB_OFFLINE=1} or {@code TRANSFORMERS_OFFLINE=1}: only the cache is used
   *   <li>{@code HF_HUB_DISABLE_SYMLINKS=1}: snapshots hold files instead of links
   *   <li>{@code HF_HUB_ETAG_TIMEOUT} and {@code HF_HUB_DOWNLOAD_TIMEOUT}, seconds that the server
   *       may take for an answer about a file, and may be silent in a download; default 10 each
   * </ul>
   *
   * @throws IllegalArgumentException if a variable has a value that cannot be used
   * @throws HubException if there is a token file that cannot be read
   */
  public static ModelHub ofEnvironment() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")), Pauses.real());
  }

  /** Returns the hub of any environment. */
  static ModelHub of(Map<String, String> environment, Path home, Pauses pauses) {
    return new ModelHub(HubSettings.of(environment, home), pauses);
  }

  /**
   * Returns a hub at another address, for example a mirror.
   *
   * @param address an http or https address
   * @throws IllegalArgumentException if it is not one
   */
  public ModelHub endpoint(String address) {
    return new ModelHub(settings.withEndpoint(address), pauses);
  }

  /**
   * Returns a hub with another cache.
   *
   * @param directory where the directories of the models are; made when it is missing
   */
  public ModelHub cache(Path directory) {
    return new ModelHub(settings.withCache(requireNonNull(directory, "directory")), pauses);
  }

  /**
   * Returns a hub that is asked with an access token. It is sent to the address of the hub only,
   * and appears in no message.
   *
   * @param value the token, as {@code https://huggingface.co/settings/tokens} shows it
   * @throws IllegalArgumentException if it cannot be one; the message does not show it
   */
  public ModelHub token(String value) {
    return new ModelHub(settings.withToken(requireNonNull(value, "token")), pauses);
  }

  /**
   * Returns a hub that is never asked, so that only its cache is used, or one that is.
   *
   * @param value whether the cache alone is used
   */
  public ModelHub offline(boolean value) {
    return new ModelHub(settings.withOffline(value), pauses);
  }

  /**
   * Names a model.
   *
   * @param idOrIdWithRevision an id such as {@code "google-t5/t5-small"}, or an id with a branch, a
   *     tag or a commit, {@code "google-t5/t5-small@main"}; see {@link HubModel#revision}
   * @throws IllegalArgumentException if it is no such id
   */
  public HubModel model(String idOrIdWithRevision) {
    int at = idOrIdWithRevision.indexOf('@');
    String id = at < 0 ? idOrIdWithRevision : idOrIdWithRevision.substring(0, at);
    checkArgument(
        isId(id),
        "id of a model must be like 'google-t5/t5-small' but was '%s'",
        idOrIdWithRevision);
    HubModel model = new HubModel(settings, pauses, id);
    return at < 0 ? model : model.revision(idOrIdWithRevision.substring(at + 1));
  }

  /**
   * Returns whether a text can be the id of a model, with a revision or without. The same text may
   * name a directory.
   *
   * @param text any text
   */
  public static boolean isModelId(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? isId(text)
        : isId(text.substring(0, at)) && HubModel.isRevision(text.substring(at + 1));
  }

  /** The rules of {@code validate_repo_id} in huggingface_hub. */
  private static boolean isId(String text) {
    return text.length() <= LONGEST_NAME
        && NAME.matcher(text).matches()
        && !text.contains("..")
        && !text.contains("--")
        && !text.endsWith(".git");
  }

  /**
   * Returns which model and commit a directory holds, for example {@code "google-t5/t5-small@"} and
   * the 40 digits of the commit.
   *
   * @param directory any directory
   * @return nothing, if it is not a snapshot in a cache of the hub
   */
  public static Optional<String> snapshotName(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    Path snapshots = path.getParent();
    Path repository = snapshots == null ? null : snapshots.getParent();
    if (!ModelCache.isCommit(nameOf(path)) || !nameOf(snapshots).equals("snapshots")) {
      return Optional.empty();
    }
    Matcher owner = SNAPSHOT_OWNER.matcher(nameOf(repository));
    return owner.matches()
        ? Optional.of(owner.group(1).replace("--", "/") + "@" + nameOf(path))
        : Optional.empty();
  }

  private static String nameOf(@Nullable Path path) {
    Path name = path == null ? null : path.getFileName();
    return name == null ? "" : name.toString();
  }

  /** Names the address and the cache, never the token. */
  @Override
  public String toString() {
    return "ModelHub[" + settings + "]";
  }
}
