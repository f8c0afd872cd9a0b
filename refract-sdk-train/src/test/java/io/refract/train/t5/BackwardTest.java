package io.refract.train.t5;

import static io.refract.train.optim.Objective.CROSS_ENTROPY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import io.refract.train.data.Batch;
import io.refract.train.data.Collator;
import io.refract.train.data.EncodedExamples.Encoded;
import io.refract.train.t5.internal.Dropout;
import io.refract.train.t5.internal.Execution;
import io.refract.train.t5.internal.T5Network;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loss and gradients are the same whether activations are kept or computed again, and whether
 * examples have a row each or share one.
 */
class BackwardTest {

  private static final Execution RECOMPUTE = new Execution(false, true);

  private static final Encoded FIRST = new Encoded(new int[] {5, 9, 12, 1}, new int[] {7, 8, 1});
  private static final Encoded SECOND = new Encoded(new int[] {30, 1}, new int[] {21, 1});
  private static final Encoded THIRD =
      new Encoded(new int[] {40, 41, 42, 43, 44, 1}, new int[] {50, 51, 52, 53, 1});

  private static final Batch SEPARATE =
      Collator.paddingWith(0).collate(List.of(List.of(FIRST), List.of(SECOND), List.of(THIRD)));

  private record Outcome(double loss, Map<String, float[]> gradients) {}

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1", "uneven"})
  void recomputing_changes_neither_loss_nor_gradients(String form) throws IOException {
    T5Network network = Golden.load(form).network(manager);
    for (Dropout dropout : List.of(Dropout.of(0, 1), Dropout.of(0.2, 1))) {
      Outcome kept = backward(network, SEPARATE, dropout, name -> true);
      Outcome recomputed = backward(network.with(RECOMPUTE), SEPARATE, dropout, name -> true);
      assertThat(recomputed.loss()).isEqualTo(kept.loss());
      assertEqual(recomputed, kept);
    }
  }

  @Test
  void recomputing_goes_back_no_further_than_what_is_trained() throws IOException {
    T5Network network = Golden.load("v1_1").network(manager);
    Predicate<String> decoderOnly = name -> name.startsWith("decoder.");
    Outcome kept = backward(network, SEPARATE, Dropout.of(0.1, 3), decoderOnly);
    Outcome recomputed =
        backward(network.with(RECOMPUTE), SEPARATE, Dropout.of(0.1, 3), decoderOnly);
    assertThat(kept.gradients().keySet()).allMatch(decoderOnly);
    assertEqual(recomputed, kept);
  }

  @Test
  void recomputing_leaves_nothing_behind() throws IOException {
    T5Network network = Golden.load("v1_1").network(manager).with(RECOMPUTE);
    int before = ((BaseNDManager) manager).getManagedArrays().size();
    backward(network, SEPARATE, Dropout.of(0.1, 1), name -> true);
    assertThat(((BaseNDManager) manager).getManagedArrays()).hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1_0", "v1_1", "uneven"})
  void examples_that_share_a_row_have_the_loss_and_gradients_of_examples_apart(String form)
      throws IOException {
    T5Network network = Golden.load(form).network(manager);
    Batch packed = Collator.paddingWith(0).collate(List.of(List.of(FIRST, SECOND), List.of(THIRD)));
    assertThat(packed.rows()).isEqualTo(2);
    assertThat(packed.targetTokens()).isEqualTo(SEPARATE.targetTokens());
    Outcome apart = backward(network, SEPARATE, Dropout.of(0, 1), name -> true);
    for (Execution execution : List.of(Execution.DEFAULT, RECOMPUTE)) {
      Outcome shared = backward(network.with(execution), packed, Dropout.of(0, 1), name -> true);
      assertThat(shared.loss()).isCloseTo(apart.loss(), within(1e-5 * apart.loss()));
      assertEqual(shared, apart);
    }
  }

  private Outcome backward(
      T5Network network, Batch batch, Dropout dropout, Predicate<String> trained) {
    network
        .parameters()
        .forEach((name, parameter) -> parameter.setRequiresGradient(trained.test(name)));
    double loss;
    try (NDManager step = manager.newSubManager()) {
      loss = network.backward(step, batch, dropout, CROSS_ENTROPY).getFloat();
    }
    return new Outcome(loss, Gradients.take(network));
  }

  private static void assertEqual(Outcome actual, Outcome expected) {
    Gradients.assertClose(actual.gradients(), expected.gradients(), 2e-5);
  }
}
