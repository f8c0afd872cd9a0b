package io.refract.snowflake.stage;

import io.refract.progress.ProgressListener;
import io.refract.snowflake.sql.ObjectName;
import io.refract.snowflake.sql.SqlSession;
import io.refract.snowflake.sql.StageLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A named internal stage: a place for files in Snowflake. (The life of a registered model has
 * stages of another kind, {@code LifecycleStage}.)
 *
 * <pre>{@code
 * snowflake.stage("T5_P_MODEL").createIfMissing().put(Path.of("model"));
 * }</pre>
 *
 * <p>Files are stored exactly as they are, never compressed. Paths below the stage use slashes and
 * are case-sensitive. Thread-safe.
 */
public final class Stage {

  private final SqlSession session;
  private final ObjectName name;

  private Stage(SqlSession session, ObjectName name) {
    this.session = session;
    this.name = name;
  }

  /** Returns the stage of a name, whether it exists or not. */
  public static Stage of(SqlSession session, ObjectName name) {
    return new Stage(session, name);
  }

  /** Returns the name. */
  public ObjectName name() {
    return name;
  }

  /** Returns the location of a path on this stage. */
  public StageLocation at(String path) {
    return new StageLocation(name, path);
  }

  /** Creates the stage unless it exists, and returns this. */
  public Stage createIfMissing() {
    session.execute(StageStatements.create(name));
    return this;
  }

  /** Drops the stage with all its files, if it exists; functions that import them stop working. */
  public void drop() {
    session.execute(StageStatements.drop(name));
  }

  /**
   * Puts a file, or all that is below a directory, on the top of the stage; files of the same names
   * are replaced.
   *
   * @param source a file, which keeps its name, or a directory, whose content is put
   * @return what was done with each file
   * @throws StageException when a file cannot be read or the driver did not upload it
   */
  public List<StagedFile> put(Path source) {
    return put(source, PutOptions.defaults());
  }

  /** Puts a file or what is below a directory into a directory of the stage. */
  public List<StagedFile> put(Path source, String directory) {
    return put(source, PutOptions.defaults().into(directory));
  }

  /** Puts a file or what is below a directory on the stage. */
  public List<StagedFile> put(Path source, PutOptions options) {
    return new Upload(session, at(options.directory()).asDirectory(), options).send(source);
  }

  /** Returns all files of the stage. */
  public List<StageFile> list() {
    return list("");
  }

  /**
   * Returns the file of a path, or all files below a directory.
   *
   * @param path a file or a directory; {@code models} does not mean {@code models_2/...}
   */
  public List<StageFile> list(String path) {
    return beginningWith(path).stream().filter(file -> isAtOrBelow(file, path)).toList();
  }

  private List<StageFile> beginningWith(String path) {
    return session.query(StageStatements.list(at(path))).stream()
        .map(row -> StageFile.of(row, name))
        .toList();
  }

  private static boolean isAtOrBelow(StageFile file, String path) {
    String directory = path.isEmpty() || path.endsWith("/") ? path : path + "/";
    return file.path().equals(path) || file.path().startsWith(directory);
  }

  /**
   * Gets a file, or all files below a directory, see {@link #get(String, Path, ProgressListener)}.
   */
  public List<Path> get(String path, Path directory) {
    return get(path, directory, ProgressListener.none());
  }

  /**
   * Gets a file, or all files below a directory with their sub-directories. Nothing outside the
   * local directory is written, whatever the files on the stage are called.
   *
   * @param path a file or directory of the stage; empty for all files
   * @param directory the local directory, created when missing; files of the same names are
   *     replaced
   * @param progress hears of the bytes that arrived
   * @return the local files
   * @throws StageException when there is nothing at the path, a name is no safe file name, or a
   *     file did not arrive
   */
  public List<Path> get(String path, Path directory, ProgressListener progress) {
    List<StageFile> alike = beginningWith(path);
    List<StageFile> files = alike.stream().filter(file -> isAtOrBelow(file, path)).toList();
    if (files.isEmpty()) {
      throw new StageException(
          "Could not get %s: there is no such file and no file below it. See list()."
              .formatted(at(path)),
          null);
    }
    boolean single = files.size() == 1 && files.get(0).path().equals(path);
    String base =
        single ? path.substring(0, path.lastIndexOf('/') + 1) : at(path).asDirectory().path();
    List<StageFile> wanted =
        single ? files : files.stream().filter(file -> file.path().startsWith(base)).toList();
    return new Download(session, directory, progress).fetch(at(path), wanted, base, alike);
  }

  /**
   * Removes a file, or all files below a directory; does nothing when there is none. Unlike REMOVE,
   * which takes every path that begins alike, it leaves the neighbours: {@code model} does not
   * remove {@code model_2/...}.
   *
   * @param path a file or directory of the stage, not empty
   * @return how many files were removed
   */
  public int remove(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("to remove all files of a stage, drop it");
    }
    List<StageFile> alike = beginningWith(path);
    List<StageFile> wanted = alike.stream().filter(file -> isAtOrBelow(file, path)).toList();
    boolean file = wanted.stream().anyMatch(found -> found.path().equals(path));
    if (wanted.size() > (file ? 1 : 0)) {
      session.query(StageStatements.remove(at(path).asDirectory()));
    }
    if (file) {
      removeFile(path, alike);
    }
    return wanted.size();
  }

  private void removeFile(String path, List<StageFile> alike) {
    List<StageFile> neighbours = alike.stream().filter(found -> !isAtOrBelow(found, path)).toList();
    if (neighbours.isEmpty()) {
      session.query(StageStatements.remove(at(path)));
      return;
    }
    String pattern = "(.*/)?" + escaped(path);
    Pattern compiled = Pattern.compile(pattern);
    if (neighbours.stream().anyMatch(found -> compiled.matcher(found.path()).matches())) {
      throw new StageException(
          "Could not remove %s: REMOVE would also take %s. Remove those first."
              .formatted(at(path), neighbours.get(0).path()),
          null);
    }
    session.query(StageStatements.remove(at(path), pattern));
  }

  /** Escapes with brackets, because a backslash would have to pass several escapers. */
  private static String escaped(String path) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (".+*?()[]{}|$^\\".indexOf(c) < 0) {
        pattern.append(c);
      } else if (c == '^' || c == '\\' || c == '[' || c == ']') {
        pattern.append('\\').append(c);
      } else {
        pattern.append('[').append(c).append(']');
      }
    }
    return pattern.toString();
  }

  /** Returns {@code @NAME}. */
  @Override
  public String toString() {
    return "@" + name.sql();
  }
}
