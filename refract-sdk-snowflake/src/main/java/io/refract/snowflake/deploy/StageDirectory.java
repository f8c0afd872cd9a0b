package io.refract.snowflake.deploy;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StageLocation;
import io.refract.snowflake.stage.PutOptions;
import io.refract.snowflake.stage.Stage;
import io.refract.snowflake.stage.StageFile;
import io.refract.snowflake.stage.StageStatements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory on a stage whose name tells its content.
 *
 * <p>A killed upload can leave a part of a file under its right name, which PUT would later take
 * for the file itself. A directory therefore only counts when its completion marker is there, a
 * small file that is sent last and whose name holds the digest of all others. Until then everything
 * is sent again, over what is there; afterwards nothing is ever sent into the directory again.
 */
final class StageDirectory {

  private static final Logger LOG = LoggerFactory.getLogger(StageDirectory.class);

  /** Digits of the digest in the path: 48 bits tell the versions of one model apart. */
  private static final int DIGITS = 12;

  private final StageLocation location;
  private final List<UploadFile> files;
  private final UploadFile marker;
  private final String sha256;

  private StageDirectory(
      StageLocation location, List<UploadFile> files, UploadFile marker, String sha256) {
    this.location = location;
    this.files = files;
    this.marker = marker;
    this.sha256 = sha256;
  }

  /**
   * Returns the directory for files.
   *
   * @param stage the stage
   * @param model the name of the model, first part of the path
   * @param version its version, begins the second part
   * @param files the files, at least one
   * @param workspace a local directory for the marker
   */
  static StageDirectory of(
      ObjectName stage, String model, String version, List<UploadFile> files, Path workspace) {
    // The form in which sha256sum prints and checks.
    String manifest =
        files.stream().map(file -> file.sha256() + "  " + file.name() + "\n").collect(joining());
    String sha256 = digest(manifest);
    String name = "complete-" + sha256 + ".sha256";
    UploadFile marker =
        new UploadFile(
            name,
            manifest.getBytes(StandardCharsets.UTF_8).length,
            digest(manifest),
            workspace.resolve(name),
            null,
            manifest);
    String path = model + "/" + version + "-" + sha256.substring(0, DIGITS) + "/";
    return new StageDirectory(
        new StageLocation(stage, path), ImmutableList.copyOf(files), marker, sha256);
  }

  private static String digest(String text) {
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
  }

  /** Returns the digest of names and contents of all files. */
  String sha256() {
    return sha256;
  }

  /** Returns the bytes of all files. */
  long size() {
    return files.stream().mapToLong(UploadFile::size).sum();
  }

  /** Returns the number of files. */
  int fileCount() {
    return files.size();
  }

  /** Returns the locations of the files. */
  List<StageLocation> locations() {
    return files.stream()
        .map(file -> location.resolve(file.name()))
        .collect(ImmutableList.toImmutableList());
  }

  /** Returns what {@link #upload} sends to a stage that lacks the directory. */
  List<PlannedStatement> statements(int parallel) {
    ImmutableList.Builder<PlannedStatement> statements = ImmutableList.builder();
    String list = StageStatements.list(location);
    statements.add(new PlannedStatement("Is " + location + " complete? Then it stays", list));
    for (UploadFile file : files) {
      statements.add(
          new PlannedStatement("If not: " + file.size() + " bytes", put(file, parallel)));
    }
    statements.add(new PlannedStatement("If not: have all sizes arrived?", list));
    statements.add(new PlannedStatement("If not: mark it as complete", put(marker, parallel)));
    return statements.build();
  }

  private String put(UploadFile file, int parallel) {
    return StageStatements.put(file.local(), location, parallel, true);
  }

  /**
   * Makes the directory complete.
   *
   * @return whether anything had to be sent
   */
  boolean upload(SqlSession session, int parallel, Meter meter) throws IOException {
    Stage stage = Stage.of(session, location.stage());
    List<StageFile> found = stage.list(location.path());
    if (isThere(marker, found) && files.stream().allMatch(file -> isThere(file, found))) {
      LOG.info("{} is complete already", location);
      files.forEach(file -> meter.add(file.size(), file.name() + " is there"));
      return false;
    }
    PutOptions options = PutOptions.defaults().into(location.path()).parallel(parallel);
    for (UploadFile file : files) {
      file.prepare();
      stage.put(file.local(), options);
      meter.add(file.size(), file.name());
    }
    List<StageFile> arrived = stage.list(location.path());
    for (UploadFile file : files) {
      if (!isThere(file, arrived)) {
        throw new DeploymentException(
            "Could not upload %s: %s should have %d bytes, but the stage lists %s. Deploy again."
                .formatted(location, file.name(), file.size(), arrived),
            null);
      }
    }
    marker.prepare();
    stage.put(marker.local(), options);
    return true;
  }

  private boolean isThere(UploadFile file, List<StageFile> found) {
    String path = location.path() + file.name();
    return found.stream().anyMatch(each -> each.path().equals(path) && each.holds(file.size()));
  }

  @Override
  public String toString() {
    return location.toString();
  }

  /** Adds up the bytes of several directories for one listener. */
  static final class Meter {

    private final String task;
    private final long total;
    private final ProgressListener listener;
    private long done;

    Meter(String task, long total, ProgressListener listener) {
      this.task = task;
      this.total = total;
      this.listener = listener;
      listener.onProgress(new ProgressEvent(task, 0, total, "bytes", ""));
    }

    void add(long bytes, String note) {
      done += bytes;
      listener.onProgress(new ProgressEvent(task, done, total, "bytes", note));
    }
  }
}
