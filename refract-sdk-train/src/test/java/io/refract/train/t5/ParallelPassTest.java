package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are shared out among threads give the loss and the gradients of the batch. */
class ParallelPassTest {

  /** Sources of 3, 1 and 2 tokens, targets of 2, 1 and 3. */
  private static final Batch UNEVEN =
      new Batch(
          3,
          3,
          3,
          new long[] {5, 6, 1, 1, 0, 0, 7, 1, 0},
          new long[] {1, 1, 1, 1, 0, 0, 1, 1, 0},
          new long[] {8, 1, -100, 1, -100, -100, 9, 4, 1},
          6);

  private int threads;
  private NDManager manager;
  private T5ArrayNetwork network;

  @BeforeEach
  void open() throws IOException {
    manager = NDManager.newBaseManager("PyTorch");
    network = Golden.load("v1_1").network(manager);
    network.parameters().values().forEach(p -> p.setRequiresGradient(true));
    threads = JniUtils.getNumThreads();
  }

  @AfterEach
  void close() {
    JniUtils.setNumThreads(threads);
    manager.close();
  }

  private float pass(T5Network form, Batch batch, Dropout dropout, int threadCount) {
    JniUtils.setNumThreads(threadCount);
    try (NDManager scope = manager.newSubManager()) {
      float loss = form.backward(scope, batch, dropout, Objective.CROSS_ENTROPY).getFloat();
      assertThat(JniUtils.getNumThreads()).isEqualTo(threadCount);
      return loss;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void threads_give_the_loss_and_gradients_of_one(int count) {
    for (T5Network form : List.of(network, network.with(new Execution(false, true)))) {
      float loss = pass(form, UNEVEN, Dropout.NONE, 1);
      Map<String, float[]> expected = Gradients.take(network);
      assertThat(pass(form, UNEVEN, Dropout.NONE, count)).isCloseTo(loss, within(loss * 1e-5f));
      Gradients.assertClose(Gradients.take(network), expected, 5e-5);
    }
  }

  @Test
  void two_threads_give_the_same_bits_each_time() {
    pass(network, UNEVEN, Dropout.of(0.2, 3), 2);
    Map<String, float[]> first = Gradients.take(network);
    for (int i = 0; i < 10; i++) {
      pass(network, UNEVEN, Dropout.of(0.2, 3), 2);
      Gradients.take(network)
          .forEach((name, gradient) -> assertThat(gradient).isEqualTo(first.get(name)));
    }
  }

  @Test
  void threads_that_come_while_a_pass_runs_keep_the_number_of_the_process() throws IOException {
    T5ConfigFile.Contents contents = T5ConfigFile.read(Golden.load("v1_1").directory());
    LayerOps ops = LayerOps.of(contents.config(), Execution.DEFAULT);
    Thread caller = Thread.currentThread();
    List<Integer> seen = new ArrayList<>();
    LayerOps watched =
        (LayerOps)
            Proxy.newProxyInstance(
                LayerOps.class.getClassLoader(),
                new Class<?>[] {LayerOps.class},
                (proxy, method, arguments) -> {
                  if (Thread.currentThread().equals(caller)) {
                    Thread fresh = new Thread(() -> seen.add(JniUtils.getNumThreads()));
                    fresh.start();
                    fresh.join();
                  }
                  return method.invoke(ops, arguments);
                });
    T5ArrayNetwork watching =
        new T5ArrayNetwork(
            contents.config(), manager, network.parameters(), null, Execution.DEFAULT, watched);

    pass(watching, UNEVEN, Dropout.NONE, 2);

    assertThat(seen).isNotEmpty().containsOnly(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_failing_part_fails_the_pass_and_the_number_of_threads_stays(int row) {
    long[] ids = {1, 1};
    ids[row] = 64;
    Batch outside = new Batch(2, 1, 1, ids, new long[] {1, 1}, new long[] {1, 1}, 2);
    assertThatThrownBy(() -> pass(network, outside, Dropout.NONE, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("input id 64 lies outside of the vocabulary");
    assertThat(JniUtils.getNumThreads()).isEqualTo(2);
  }

  @Test
  void parts_are_padded_no_longer_than_they_need() {
    List<Batch> parts = BatchParts.of(UNEVEN, 3);
    assertThat(parts).extracting(Batch::sourceLength).containsExactly(3, 2, 1);
    assertThat(parts).extracting(Batch::targetLength).containsExactly(2, 3, 1);
    assertThat(parts).extracting(Batch::targetTokens).containsExactly(2, 3, 1);
    assertThat(parts.get(1).inputIds()).containsExactly(7, 1);
    assertThat(parts.get(1).labels()).containsExactly(9, 4, 1);
    assertThat(BatchParts.of(UNEVEN, 2)).extracting(Batch::rows).containsExactly(1, 2);
    assertThat(BatchParts.of(UNEVEN, 1)).containsExactly(UNEVEN);
  }

  @Test
  void long_rows_share_a_part_with_fewer_others() {
    int[] lengths = {10, 40, 9, 10, 8, 38, 10, 7};
    long[] ids = new long[8 * 40];
    long[] labels = new long[8];
    Arrays.fill(labels, 1);
    for (int row = 0; row < 8; row++) {
      Arrays.fill(ids, row * 40, row * 40 + lengths[row], 5 + row);
    }
    long[] mask = Arrays.stream(ids).map(id -> id == 0 ? 0 : 1).toArray();
    List<Batch> parts = BatchParts.of(new Batch(8, 40, 1, ids, mask, labels, 8), 2);

    assertThat(parts).extracting(Batch::rows).containsExactly(2, 6);
    assertThat(parts).extracting(Batch::sourceLength).containsExactly(40, 10);
    assertThat(parts.get(0).inputIds()).contains(6, 10).doesNotContain(5);
    assertThat(parts.stream().mapToInt(Batch::sourceTokens).sum()).isEqualTo(132);
  }
}
