package io.refract.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every sample that trains runs to its end in its shortest form, and leaves what it promises. */
class SamplesTest {

  @TempDir Path folder;

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private static String errorOf(String... arguments) {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(Samples.run(arguments)).isEqualTo(1);
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void classify_tickets_writes_a_report() {
    assertThat(
            Samples.run(
                "classify-tickets",
                "--epochs",
                "1",
                "--html",
                at("report.html"),
                "--report",
                at("report.json")))
        .isZero();
    assertThat(folder.resolve("report.json")).content().contains("\"macro_f1\"", "\"train\"");
    assertThat(folder.resolve("report.html")).content().contains("Support tickets", "billing");
  }

  @Test
  void classify_tickets_refuses_labels_that_are_not_allowed() {
    assertThat(Samples.run("classify-tickets", "--labels", "billing,refund", "--html", at("x")))
        .isEqualTo(1);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void fine_tune_summarizer_reads_the_public_format_and_writes_model_and_report() {
    assertThat(Samples.run("fine-tune-summarizer", "--epochs", "1", "--output", at("news")))
        .isZero();
    assertThat(folder.resolve("news/news_summary.csv")).isNotEmptyFile();
    assertThat(folder.resolve("news/model/model.safetensors")).isNotEmptyFile();
    assertThat(folder.resolve("news/report.html")).content().contains("News summaries");
  }

  @Test
  void fine_tune_with_lora_registers_two_forms_that_score_alike() {
    assertThat(
            Samples.run(
                "fine-tune-with-lora", "--base-epochs", "1", "--epochs", "1", "--output", at("o")))
        .isZero();
    assertThat(folder.resolve("o/adapter/adapter_config.json")).isNotEmptyFile();
    // Nothing is trained before that is known: training would refuse the epochs.
    assertThat(errorOf("fine-tune-with-lora", "--base-epochs", "-1", "--output", at("o")))
        .contains("the directory is not empty");
  }

  @Test
  void pretrain_then_fine_tune_compares_both_ways() {
    assertThat(
            Samples.run(
                "pretrain-then-fine-tune",
                "--pretraining-epochs",
                "1",
                "--epochs",
                "1",
                "--labels",
                "20"))
        .isZero();
  }

  @Test
  void resume_training_ends_with_the_same_bits() {
    assertThat(
            Samples.run(
                "resume-training", "--epochs", "1", "--stop-after", "5", "--output", at("runs")))
        .isZero();
  }

  @Test
  void fine_tune_takes_the_options_of_the_trainer() {
    assertThat(
            Samples.run(
                "fine-tune",
                "--data",
                SampleFiles.tickets().toString(),
                "--source",
                "request",
                "--target",
                "category",
                "--epochs",
                "1",
                "--optimizer",
                "adafactor",
                "--schedule",
                "cosine",
                "--token-budget",
                "2000",
                "--packing",
                "--precision",
                "bf16",
                "--gradient-checkpointing",
                "--checkpoints",
                at("checkpoints"),
                "--csv-log",
                at("log.csv"),
                "--tensorboard",
                at("events"),
                "--html",
                at("page.html"),
                "--output",
                at("model")))
        .isZero();
    assertThat(folder.resolve("model/model.safetensors")).isNotEmptyFile();
    assertThat(folder.resolve("log.csv")).isNotEmptyFile();
    assertThat(folder.resolve("page.html")).isNotEmptyFile();
  }

  @Test
  void fine_tune_refuses_fp16_with_the_reason() {
    assertThat(
            Samples.run(
                "fine-tune",
                "--data",
                SampleFiles.tickets().toString(),
                "--source",
                "request",
                "--target",
                "category",
                "--precision",
                "fp16",
                "--output",
                at("none")))
        .isEqualTo(1);
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
