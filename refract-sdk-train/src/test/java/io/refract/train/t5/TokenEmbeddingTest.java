package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.t5.TokenEmbedding.Lookup;
import io.refract.train.t5.internal.GradMode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each row of the table gets the gradients of all places where its token stands. */
class TokenEmbeddingTest {

  private NDManager manager;
  private NDArray table;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager("PyTorch");
    table = manager.create(new float[] {0, 1, 10, 11, 20, 21}, new Shape(3, 2));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  /** Goes back from the sum of the values, each multiplied with its place in the batch from 1. */
  private void pass(TokenEmbedding embedding, long[] ids, int rows) {
    try (NDManager scope = manager.newSubManager()) {
      Lookup lookup = embedding.lookUp(scope, "input id", ids, rows);
      GradMode.on(
          () -> {
            NDArray places = scope.arange(1f, 1f + ids.length).reshape(rows, ids.length / rows, 1);
            NDArray sum = lookup.values().mul(places).sum();
            JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
            return sum;
          });
      embedding.addGradients(List.of(lookup));
    }
  }

  private float[] gradient() {
    try (NDArray gradient = table.getGradient()) {
      return gradient.toFloatArray();
    }
  }

  @Test
  void gradients_are_added_at_every_place_of_a_token_whoever_made_the_first() {
    table.setRequiresGradient(true);
    TokenEmbedding embedding = new TokenEmbedding(table);
    pass(embedding, new long[] {2, 0, 2, 2}, 2);
    assertThat(gradient()).containsExactly(2, 2, 0, 0, 8, 8);
    pass(embedding, new long[] {2, 0, 2, 2}, 2);
    assertThat(gradient()).containsExactly(4, 4, 0, 0, 16, 16);
    pass(embedding, new long[] {1}, 1);
    assertThat(gradient()).containsExactly(4, 4, 1, 1, 16, 16);
    JniUtils.zeroGrad((PtNDArray) table);
    pass(embedding, new long[] {1, 1}, 1);
    assertThat(gradient()).containsExactly(0, 0, 3, 3, 0, 0);
  }

  @Test
  void a_table_that_does_not_learn_starts_no_graph() {
    try (NDManager scope = manager.newSubManager()) {
      TokenEmbedding embedding = new TokenEmbedding(table);
      Lookup lookup = embedding.lookUp(scope, "input id", new long[] {1, 2}, 1);
      assertThat(lookup.values().hasGradient()).isFalse();
      assertThat(lookup.values().toFloatArray()).containsExactly(10, 11, 20, 21);
      embedding.addGradients(List.of(lookup));
    }
  }

  @Test
  void an_id_that_the_table_does_not_have_never_reaches_the_engine() {
    TokenEmbedding embedding = new TokenEmbedding(table);
    for (long id : new long[] {-1, 3}) {
      assertThatThrownBy(() -> embedding.lookUp(manager, "input id", new long[] {0, id}, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input id " + id + " lies outside of the vocabulary of 3 tokens");
    }
  }
}
