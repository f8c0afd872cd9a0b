package io.refract.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.refract.train.testing.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where no kernel loads, everything computes the same without them, and one line says so. */
class NoKernelsTest {

  @Test
  void without_kernels_texts_and_trainings_are_the_same() throws Exception {
    ChildJvm child =
        ChildJvm.run(
            NoKernelsChild.class, entry -> true, List.of("-Dio.refract.train.kernels=off"));

    assertThat(child.status()).as(child.output()).isZero();
    assertThat(printed(child, "text")).isEqualTo(NoKernelsChild.texts());
    List<Double> losses = printed(child, "loss").stream().map(Double::valueOf).toList();
    List<Double> expected = NoKernelsChild.losses();
    assertThat(losses).hasSameSizeAs(expected).doesNotHaveDuplicates();
    for (int i = 0; i < losses.size(); i++) {
      assertThat(losses.get(i)).isCloseTo(expected.get(i), within(1e-5));
    }
    assertThat(printed(child, "bf16")).singleElement().asString().contains("Cannot train in bf16");
    assertThat(printed(child, "int8")).singleElement().asString().contains("cannot score in INT8");
    assertThat(
            child.output().lines().filter(line -> line.contains(" WARN io.refract.train.kernel.")))
        .singleElement()
        .asString()
        .contains("Kernels are switched off by -Dio.refract.train.kernels=off.");
  }

  private static List<String> printed(ChildJvm child, String what) {
    return child
        .output()
        .lines()
        .filter(line -> line.startsWith(what + " "))
        .map(line -> line.substring(what.length() + 1))
        .toList();
  }
}
