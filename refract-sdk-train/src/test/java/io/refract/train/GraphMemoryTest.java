package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.optim.internal.Gradients;
import io.refract.train.t5.T5Model;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.GradMode;
import io.refract.train.t5.internal.T5Access;
import io.refract.train.t5.internal.T5Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a graph keeps between forward and backward must not be memory of Java that the garbage
 * collector can give to somebody else.
 */
class GraphMemoryTest {

  private static final Batch BATCH =
      new Batch(
          2,
          4,
          3,
          new long[] {5, 6, 7, 1, 8, 9, 1, 0},
          new long[] {1, 1, 1, 1, 1, 1, 1, 0},
          new long[] {10, 11, 1, 12, 1, -100},
          5);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gradients_survive_garbage_collection_between_forward_and_backward(boolean tied) {
    try (T5Model model = Fixtures.tinyModel(tied, 0.0, 1)) {
      T5Network network = T5Access.network(model);
      network.parameters().values().forEach(p -> p.setRequiresGradient(true));
      double undisturbed = norm(network, false);
      for (int i = 0; i < 5; i++) {
        assertThat(norm(network, true)).isCloseTo(undisturbed, within(1e-6));
      }
    }
  }

  private static double norm(T5Network network, boolean disturb) {
    Gradients.clear(network.parameters().values());
    return GradMode.on(
        () -> {
          try (NDManager scope = network.manager().newSubManager()) {
            NDArray loss = network.lossSum(scope, BATCH, Dropout.NONE, Objective.CROSS_ENTROPY);
            List<ByteBuffer> foreign = disturb ? reuseFreedMemory() : List.of();
            JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
            assertThat(foreign).hasSize(disturb ? 20_000 : 0);
          }
          return Gradients.norm(network.manager(), network.parameters().values());
        });
  }

  /** Lets the collector free unreachable buffers, then takes their places with other numbers. */
  private static List<ByteBuffer> reuseFreedMemory() {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      System.gc();
      for (int i = 0; i < 10_000; i++) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4 + i % 128).order(ByteOrder.nativeOrder());
        while (buffer.remaining() >= Float.BYTES) {
          buffer.putFloat(1e3f);
        }
        buffers.add(buffer);
      }
    }
    return buffers;
  }
}
