package io.refract.train.t5;

import static com.google.common.base.Preconditions.checkState;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.refract.scoring.WeightFormat;
import io.refract.train.generation.internal.StepDecoder;
import io.refract.train.kernel.Packing;
import io.refract.train.t5.internal.EncoderOutput;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.ScoringNetwork;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The networks that a model scores with. Packed weights are kept from use to use, until the weights
 * may have changed; while a training changes them, they are packed for each use.
 *
 * <p>Thread-safe.
 */
final class T5Scoring implements AutoCloseable {

  private final T5Config config;
  private final T5Base base;
  private final @Nullable T5Adapter adapter;
  private final T5ArrayNetwork network;
  private WeightFormat format = WeightFormat.FLOAT32;
  private @Nullable Kept kept;

  T5Scoring(T5Config config, T5Base base, @Nullable T5Adapter adapter, T5ArrayNetwork network) {
    this.config = config;
    this.base = base;
    this.adapter = adapter;
    this.network = network;
  }

  /** A network that several uses share; closed after the last of them. */
  private static final class Kept {
    private final ScoringNetwork network;
    private final long version;
    private int users;
    private boolean retired;

    private Kept(ScoringNetwork network, long version) {
      this.network = network;
      this.version = version;
    }
  }

  /** One use of a network. */
  private final class Use implements ScoringNetwork {

    private final Kept shared;

    private Use(Kept shared) {
      this.shared = shared;
    }

    @Override
    public NDManager manager() {
      return shared.network.manager();
    }

    @Override
    public EncoderOutput encode(NDManager scope, long[] inputIds, long[] attentionMask, int rows) {
      return shared.network.encode(scope, inputIds, attentionMask, rows);
    }

    @Override
    public boolean isFloat32() {
      return shared.network.isFloat32();
    }

    @Override
    public StepDecoder stepDecoder(EncoderOutput encoded, int maxTokens) {
      return shared.network.stepDecoder(encoded, maxTokens);
    }

    @Override
    public void close() {
      synchronized (T5Scoring.this) {
        shared.users--;
        closeUnused(shared);
      }
    }
  }

  synchronized WeightFormat format() {
    return format;
  }

  /** Returns the bytes of the weights that are packed now, by the name of their format. */
  synchronized Map<String, Long> packedBytes() {
    return kept != null && kept.network instanceof PackedNetwork packed
        ? Map.of(
            format.name().toLowerCase(Locale.ROOT),
            packed.packedWeights() * format.bytesPerWeight())
        : Map.of();
  }

  /**
   * Changes the format for the uses that begin from now on.
   *
   * @throws IllegalStateException if this platform cannot compute so
   */
  synchronized void setFormat(WeightFormat value) {
    if (value != format) {
      if (value != WeightFormat.FLOAT32) {
        checkState(
            !base.manager().getDevice().isGpu(), "scoring in %s is possible on a CPU only", value);
        checkState(PackedNetwork.isAvailable(config, packing(value)), unavailable(value));
      }
      retire();
      format = value;
    }
  }

  /** Returns a network for one use, which ends with closing it. The caller keeps the base open. */
  synchronized ScoringNetwork open() {
    long version = base.version();
    boolean trains = trains();
    if (kept != null && (trains || kept.version != version)) {
      retire();
    }
    Kept current = kept == null ? new Kept(make(), version) : kept;
    current.users++;
    if (trains) {
      current.retired = true;
    } else {
      kept = current;
    }
    return new Use(current);
  }

  private boolean trains() {
    return anyTrains(network.parameters()) || (adapter != null && anyTrains(adapter.parameters()));
  }

  private static boolean anyTrains(Map<String, NDArray> parameters) {
    return parameters.values().stream().anyMatch(NDArray::hasGradient);
  }

  private ScoringNetwork make() {
    try (NDManager scope = base.manager().newSubManager()) {
      Map<String, NDArray> weights =
          adapter == null ? network.parameters() : GradMode.off(() -> base.with(adapter, scope));
      boolean gpu = base.manager().getDevice().isGpu();
      if (format != WeightFormat.FLOAT32) {
        return packed(weights, packing(format))
            .orElseThrow(() -> new IllegalStateException(unavailable(format)));
      }
      return (gpu ? Optional.<ScoringNetwork>empty() : packed(weights, Packing.FLOAT32))
          .or(() -> packed(weights, Packing.PLAIN))
          .orElseGet(() -> new ArrayScoring(network));
    }
  }

  private static Packing packing(WeightFormat format) {
    return switch (format) {
      case FLOAT32 -> Packing.FLOAT32;
      case BFLOAT16 -> Packing.BFLOAT16;
      case INT8 -> Packing.INT8;
    };
  }

  private static String unavailable(WeightFormat format) {
    return "This platform's PyTorch cannot score in "
        + format
        + " (the log says why). Use FLOAT32.";
  }

  private Optional<ScoringNetwork> packed(Map<String, NDArray> weights, Packing packing) {
    return PackedNetwork.of(network, config, weights, packing).map(made -> made);
  }

  private void retire() {
    if (kept != null) {
      kept.retired = true;
      closeUnused(kept);
      kept = null;
    }
  }

  private void closeUnused(Kept unused) {
    if (unused.retired && unused.users == 0) {
      unused.network.close();
    }
  }

  /** Frees what is kept; uses have ended before. */
  @Override
  public synchronized void close() {
    retire();
  }
}
