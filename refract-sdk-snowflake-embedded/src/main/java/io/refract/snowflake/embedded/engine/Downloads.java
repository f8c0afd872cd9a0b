package io.refract.snowflake.embedded.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Addresses under which the HTTP server hands out single staged files.
 *
 * <p>The driver's {@code downloadStream} refuses local stages, so a file that it asks for is
 * published here and answered as if it lay on a remote stage. An address is random and is forgotten
 * when 1,000 newer ones exist.
 */
public final class Downloads {

  /** The path of the server below which the addresses lie. */
  public static final String PATH = "/blob/";

  private static final int KEPT = 1_000;

  private final Map<String, Path> files =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Path> eldest) {
          return size() > KEPT;
        }
      };
  private volatile @Nullable URI server;

  /** Sets the address of the server, once it listens. */
  public void servedBy(URI address) {
    server = address;
  }

  /**
   * Publishes a file.
   *
   * @param file an absolute path, already checked to lie inside the stage directory
   * @return the absolute address from which the file can be read
   */
  public String publish(Path file) {
    URI address = server;
    if (address == null) {
      throw new IllegalStateException("Publishing a file needs a server that listens.");
    }
    String key = UUID.randomUUID().toString();
    synchronized (files) {
      files.put(key, file);
    }
    return address.resolve(PATH + key).toString();
  }

  /** Returns the file published under the last segment of an address, or null. */
  public @Nullable Path find(String key) {
    synchronized (files) {
      return files.get(key);
    }
  }
}
