package io.refract.train.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.refract.progress.ProgressEvent;
import io.refract.progress.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the snapshot of one revision with the files that the SDK reads, and no others. */
final class SnapshotDownload {

  private static final Logger LOG = LoggerFactory.getLogger(ModelHub.class);

  private static final String CONFIG = "config.json";
  private static final List<String> REQUIRED = List.of(CONFIG, "tokenizer.json");
  private static final List<String> OPTIONAL =
      List.of(
          "generation_config.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "spiece.model");
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final List<String> PICKLES =
      List.of("pytorch_model.bin", "pytorch_model.bin.index.json");
  private static final Pattern SHARD = Pattern.compile("\\w[\\w.-]*\\.safetensors");

  private final HubSettings settings;
  private final String id;
  private final String revision;
  private final ProgressListener progress;
  private final ModelCache cache;
  private final HubFailures failures;
  private final HubClient client;

  SnapshotDownload(
      HubSettings settings, Pauses pauses, String id, String revision, ProgressListener progress) {
    this.settings = settings;
    this.id = id;
    this.revision = revision;
    this.progress = progress;
    this.cache = new ModelCache(settings, id);
    this.failures = new HubFailures(settings, id, revision);
    this.client = new HubClient(settings, pauses, id, failures);
  }

  Path run() {
    Optional<String> cached = cache.commitOf(revision).filter(this::isUsable);
    if (settings.offline()) {
      return cached.map(cache::snapshot).orElseThrow(failures::offline);
    }
    if (cached.isPresent() && ModelCache.isCommit(revision) && isComplete(revision)) {
      return cache.snapshot(revision);
    }
    HubClient.Answer answer;
    try {
      answer = client.ask(revision, CONFIG, cached.isPresent() ? 1 : Pauses.ATTEMPTS);
    } catch (HubException e) {
      if (cached.isEmpty() || e.isDefinite()) {
        throw e;
      }
      LOG.warn("Using the cached copy of '{}'. {}", id, e.getMessage());
      return cache.snapshot(cached.get());
    }
    try {
      complete(answer);
      // Last, so that an offline reader never finds a commit that is not complete.
      cache.remember(revision, answer.commit());
    } catch (IOException e) {
      throw failures.disk("its snapshot", e);
    }
    return cache.snapshot(answer.commit());
  }

  /** Returns whether a model can be loaded from what is there. */
  private boolean isUsable(String commit) {
    return REQUIRED.stream().allMatch(name -> cache.has(commit, name)) && hasWeights(commit);
  }

  private boolean hasWeights(String commit) {
    if (cache.has(commit, WEIGHTS)) {
      return true;
    }
    return cache.has(commit, INDEX)
        && shards(commit).stream().allMatch(shard -> cache.has(commit, shard));
  }

  /** Returns whether the hub has nothing more to say of a usable snapshot. */
  private boolean isComplete(String commit) {
    return OPTIONAL.stream().allMatch(name -> isSettled(commit, name));
  }

  private boolean isSettled(String commit, String name) {
    return cache.has(commit, name) || cache.isKnownAbsent(commit, name);
  }

  private void complete(HubClient.Answer first) throws IOException {
    String commit = first.commit();
    if (isUsable(commit) && isComplete(commit)) {
      return;
    }
    Path blobs = cache.prepare(commit);
    List<RemoteFile> missing = new ArrayList<>();
    for (String name : REQUIRED) {
      RemoteFile file = name.equals(CONFIG) ? first.file() : find(commit, name);
      if (file == null && !cache.has(commit, name)) {
        throw failures.missing(name);
      }
      add(missing, file);
    }
    for (String name : OPTIONAL) {
      add(missing, find(commit, name));
    }
    addWeights(missing, commit, blobs);
    fetch(missing, blobs);
  }

  /** Returns a file that is not in the snapshot, or null when it is, or the commit has none. */
  private @Nullable RemoteFile find(String commit, String name) throws IOException {
    if (isSettled(commit, name)) {
      return null;
    }
    RemoteFile file = client.ask(commit, name, Pauses.ATTEMPTS).file();
    if (file == null) {
      cache.rememberAbsent(commit, name);
    }
    return file;
  }

  private void add(List<RemoteFile> missing, @Nullable RemoteFile file) throws IOException {
    if (file != null && !cache.has(file.commit(), file.name()) && !cache.link(file)) {
      missing.add(file);
    }
  }

  private void addWeights(List<RemoteFile> missing, String commit, Path blobs) throws IOException {
    if (hasWeights(commit)) {
      return;
    }
    RemoteFile single = find(commit, WEIGHTS);
    if (single != null) {
      add(missing, single);
      return;
    }
    List<RemoteFile> index = new ArrayList<>();
    add(index, find(commit, INDEX));
    fetch(index, blobs);
    if (!cache.has(commit, INDEX)) {
      throw noWeights(commit);
    }
    for (String shard : shards(commit)) {
      RemoteFile file = find(commit, shard);
      if (file == null && !cache.has(commit, shard)) {
        throw failures.missing(shard);
      }
      add(missing, file);
    }
  }

  private HubException noWeights(String commit) {
    for (String pickle : PICKLES) {
      if (client.ask(commit, pickle, Pauses.ATTEMPTS).file() != null) {
        return failures.pickled(pickle);
      }
    }
    return failures.missing(WEIGHTS);
  }

  /** Returns the files that the index names; none of them can lead out of the snapshot. */
  private Set<String> shards(String commit) {
    Path index = cache.snapshot(commit).resolve(INDEX);
    Set<String> shards = new TreeSet<>();
    try {
      JsonObject root = JsonParser.parseString(Files.readString(index)).getAsJsonObject();
      for (Map.Entry<String, JsonElement> entry : root.getAsJsonObject("weight_map").entrySet()) {
        String shard = entry.getValue().getAsString();
        if (!SHARD.matcher(shard).matches()) {
          throw failures.hostile("the shard", shard);
        }
        shards.add(shard);
      }
      return shards;
    } catch (IOException
        | JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | ClassCastException
        | NullPointerException e) {
      throw failures.strange(INDEX, "it is no index of shards");
    }
  }

  private void fetch(List<RemoteFile> files, Path blobs) throws IOException {
    long total = files.stream().mapToLong(RemoteFile::size).sum();
    if (files.isEmpty()) {
      return;
    }
    LOG.info("Downloading '{}', {} files, {} bytes, to {}", id, files.size(), total, blobs);
    String task = "download " + id;
    long done = 0;
    for (RemoteFile file : files) {
      long before = done;
      if (!file.verifiable()) {
        LOG.warn("The mark of {} of '{}' is no digest; only its size is checked", file.name(), id);
      }
      new BlobDownload(
              client,
              failures,
              file,
              bytes ->
                  progress.onProgress(
                      new ProgressEvent(task, before + bytes, total, "bytes", file.name())))
          .run(cache, blobs);
      done += file.size();
    }
    progress.onProgress(new ProgressEvent(task, total, total, "bytes", ""));
  }
}
