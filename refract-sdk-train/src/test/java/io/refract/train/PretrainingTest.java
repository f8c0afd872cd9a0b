package io.refract.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.refract.train.data.Dataset;
import io.refract.train.data.Example;
import io.refract.train.data.TrainingData;
import io.refract.train.optim.LearningRateSchedule;
import io.refract.train.optim.ScaledAdamW;
import io.refract.train.pretrain.TaskMixture;
import io.refract.train.pretrain.TextCorpus;
import io.refract.train.t5.T5Model;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A data scientist trains a model from nothing, without labels and on several tasks at once. */
class PretrainingTest {

  private static final TextCorpus CORPUS =
      TextCorpus.of("dogs", Collections.nCopies(30, "the lazy dog jumps over the quick brown fox"));

  private static final Dataset TASK =
      Dataset.of(
          List.of(
              new Example("the dog", "lazy"),
              new Example("the fox", "quick"),
              new Example("over the dog", "lazy"),
              new Example("over the fox", "quick")));

  private static double loss(TrainingData data, int epochs) {
    try (T5Model model = Fixtures.tinyModel(0.0, 1)) {
      TrainingResult result =
          T5Trainer.of(model)
              .data(data)
              .maxSourceTokens(32)
              .maxTargetTokens(32)
              .epochs(epochs)
              .batchSize(8)
              .optimizer(ScaledAdamW.defaults())
              .schedule(LearningRateSchedule.cosine().withWarmupRatio(0.1))
              .train();
      return requireNonNull(result.metrics().get("train_loss"));
    }
  }

  @Test
  void a_model_learns_to_restore_the_spans_of_a_plain_text() {
    assertThat(loss(CORPUS, 30)).isLessThan(0.5 * loss(CORPUS, 1));
  }

  @Test
  void a_model_learns_a_corpus_and_a_task_together() {
    TaskMixture mixture = TaskMixture.of("", CORPUS).and("which: ", TASK).temperature(2);
    assertThat(loss(mixture, 30)).isLessThan(0.5 * loss(mixture, 1));
  }
}
