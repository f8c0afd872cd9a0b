package io.refract.registry;

import com.google.common.base.Splitter;
import com.google.common.hash.Hashing;
import io.refract.internal.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories in which writers build what they will publish. Readers never look here, so what a
 * killed writer leaves behind harms nobody; it is removed once its writer is surely dead.
 *
 * <p>A directory's name says who owns it: process id, place, random. The place stands for the space
 * in which the process id means something (one boot of one kernel, one process namespace). A
 * directory is dead if it is of this place and its process is gone, or if nothing in it has changed
 * for a week. It is renamed before it is deleted, so that a writer that was wrongly taken for dead
 * fails, and never publishes half of what it built.
 */
final class Workspace {

  private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);
  private static final Duration LONGEST_BUILD = Duration.ofDays(7);
  private static final String DEAD = "dead-";
  private static final String PLACE = place();

  private final RegistryLayout layout;

  Workspace(RegistryLayout layout) {
    this.layout = layout;
  }

  /** Creates an empty directory that belongs to this process. */
  Path open() throws IOException {
    String name = ProcessHandle.current().pid() + "-" + PLACE + "-" + UUID.randomUUID();
    return Files.createDirectory(layout.building().resolve(name));
  }

  /** Removes a directory that {@link #open()} made, if it is still there. */
  void discard(Path directory) {
    try {
      DurableFiles.deleteTree(directory);
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}; a later writer will", directory, e.toString());
    }
  }

  /** Removes what dead writers left. */
  void clean() throws IOException {
    for (String name : RegistryLayout.names(layout.building())) {
      Path directory = layout.building().resolve(name);
      try {
        if (name.startsWith(DEAD)) {
          DurableFiles.deleteTree(directory);
        } else if (isDead(name, directory)) {
          Path dead = layout.building().resolve(DEAD + name);
          Files.move(directory, dead);
          LOG.info("removing what a dead writer left: {}", name);
          DurableFiles.deleteTree(dead);
        }
      } catch (IOException | UncheckedIOException e) {
        // Its owner or another process removes it at the same time; what stays is found next time.
        LOG.debug("cannot clean {}: {}", directory, e.toString());
      }
    }
  }

  private static boolean isDead(String name, Path directory) throws IOException {
    List<String> parts = Splitter.on('-').limit(3).splitToList(name);
    if (parts.size() == 3 && parts.get(1).equals(PLACE) && parts.get(0).matches("[0-9]{1,18}")) {
      Optional<ProcessHandle> owner = ProcessHandle.of(Long.parseLong(parts.get(0)));
      if (owner.isEmpty() || !owner.get().isAlive()) {
        return true;
      }
    }
    Instant oldest = Instant.now().minus(LONGEST_BUILD);
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        if (Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
            .toInstant()
            .isAfter(oldest)) {
          return false;
        }
      }
    }
    return true;
  }

  private static String place() {
    String place;
    try {
      // Linux: process ids are unique within one boot and one process namespace.
      place =
          Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
              + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      place = hostName();
    }
    return Hashing.sha256().hashString(place, StandardCharsets.UTF_8).toString().substring(0, 16);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      // Unknown: only this very process is of this place, and the week decides about all others.
      return UUID.randomUUID().toString();
    }
  }
}
