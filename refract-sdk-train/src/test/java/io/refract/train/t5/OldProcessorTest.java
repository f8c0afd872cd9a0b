package io.refract.train.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.refract.train.testing.ChildJvm;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A text that loads need not run: oneDNN multiplies in bfloat16 on AVX-512 and newer only. */
class OldProcessorTest {

  @Test
  void a_processor_without_bfloat16_says_so_and_scores_in_the_other_formats() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "AVX2 is of x86 processors");
    ChildJvm child =
        ChildJvm.runWith(
            Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"),
            OldProcessorChild.class,
            Golden.resource("/io/refract/train/tokenization/t5").toString());

    assertThat(child.status()).as(child.output()).isZero();
    assertThat(child.output())
        .contains("FLOAT32: 2 outputs", "INT8: 2 outputs")
        .contains(
            "BFLOAT16: java.lang.IllegalStateException: This platform's PyTorch cannot score in"
                + " BFLOAT16 (the log says why). Use FLOAT32.");
  }
}
