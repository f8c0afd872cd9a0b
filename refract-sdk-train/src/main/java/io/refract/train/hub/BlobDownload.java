package io.refract.train.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/** Brings the bytes of one file into the cache: resumed, verified, and named at the end. */
final class BlobDownload {

  private static final int DOWNLOADS = 2;

  private final HubClient client;
  private final HubFailures failures;
  private final RemoteFile file;
  private final LongConsumer progress;

  /**
   * Prepares a download.
   *
   * @param progress hears how many bytes of the file are there
   */
  BlobDownload(HubClient client, HubFailures failures, RemoteFile file, LongConsumer progress) {
    this.client = client;
    this.failures = failures;
    this.file = file;
    this.progress = progress;
  }

  /** Downloads the file, once more from the start when it arrived with other bytes. */
  void run(ModelCache cache, Path blobs) throws IOException {
    String mismatch = "";
    for (int download = 0; download < DOWNLOADS; download++) {
      try (PartFile part = PartFile.claim(blobs, file.etag())) {
        if (part.size() > file.size()) {
          part.clear();
        }
        checkRoom(blobs, part.size());
        fetch(part);
        mismatch = file.mismatch(part.channel());
        if (mismatch.isEmpty()) {
          part.channel().force(true);
          cache.publish(part.path(), file);
          return;
        }
        part.clear();
      }
    }
    throw failures.damaged(file, mismatch);
  }

  private void checkRoom(Path blobs, long present) throws IOException {
    FileStore store = Files.getFileStore(blobs);
    long needed = file.size() - present;
    if (store.getUsableSpace() < needed) {
      throw failures.full(file, needed, store.getUsableSpace());
    }
  }

  private void fetch(PartFile part) throws IOException {
    int failed = 0;
    progress.accept(part.size());
    while (part.size() < file.size()) {
      long before = part.size();
      try {
        fetchRest(part);
      } catch (HubClient.ConnectionFailure e) {
        failed = part.size() > before ? 1 : failed + 1;
        if (failed >= Pauses.ATTEMPTS) {
          throw failures.unreachable(file.name(), failed, e.failure());
        }
        client.pause(file.name(), failed, e.failure());
      }
    }
  }

  private void fetchRest(PartFile part) throws IOException, HubClient.ConnectionFailure {
    long from = part.size();
    try (TimedBody body = open(part, from)) {
      for (List<ByteBuffer> buffers = next(body); !buffers.isEmpty(); buffers = next(body)) {
        for (ByteBuffer bytes : buffers) {
          if (bytes.remaining() > file.size() - part.size()) {
            part.clear();
            throw failed("more bytes arrived than the hub lists");
          }
          part.append(bytes);
        }
        progress.accept(part.size());
      }
    }
    if (part.size() < file.size()) {
      throw failed("the connection ended after %s bytes".formatted(part.size()));
    }
  }

  private TimedBody open(PartFile part, long from) throws IOException, HubClient.ConnectionFailure {
    HttpResponse<TimedBody> response;
    try {
      response = client.open(file, from);
    } catch (HubClient.RangeRefused e) {
      part.clear();
      throw new HubClient.ConnectionFailure(e);
    } catch (IOException e) {
      throw new HubClient.ConnectionFailure(e);
    }
    String range = response.headers().firstValue("Content-Range").orElse("");
    if (response.statusCode() == 206 && !range.startsWith("bytes " + from + "-")) {
      response.body().close();
      part.clear();
      throw failed("the server sent another range than it was asked for");
    }
    if (response.statusCode() == 200) {
      // It sends the whole file, whatever it was asked for.
      part.clear();
    }
    return response.body();
  }

  private static List<ByteBuffer> next(TimedBody body) throws HubClient.ConnectionFailure {
    try {
      return body.next();
    } catch (IOException e) {
      throw new HubClient.ConnectionFailure(e);
    }
  }

  private static HubClient.ConnectionFailure failed(String what) {
    return new HubClient.ConnectionFailure(new IOException(what));
  }
}
