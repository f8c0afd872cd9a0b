package io.refract.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvenanceTest {

  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private static final Instant START = Instant.parse("2026-11-21T10:00:00.123456Z");

  @Test
  void json_round_trip_keeps_everything_and_the_order() {
    Provenance provenance =
        Provenance.started(START)
            .dataset(
                "training",
                DatasetProvenance.of("tickets \"2026\".csv", DIGEST, 300)
                    .withSkippedRows(3)
                    .withSplit("hold-out 0.1, training side", Long.MIN_VALUE, 270))
            .dataset("validation", DatasetProvenance.of("tickets.csv", DIGEST, 30))
            .baseCheckpoint("google-t5/t5-small", DIGEST)
            .hyperParameter("learningRate", 3e-4)
            .hyperParameter("epochs", 3)
            .hyperParameter("a first one", "last\n\u2028\u00e9")
            .seed(Long.MAX_VALUE)
            .engine("PyTorch 2.7.1")
            .finish(START.plusSeconds(60));

    Provenance restored = Provenance.fromJson(provenance.toJson());

    assertThat(restored).isEqualTo(provenance);
    assertThat(restored.datasets().keySet()).containsExactly("training", "validation");
    assertThat(restored.hyperParameters())
        .containsExactly(
            Map.entry("learningRate", "3.0E-4"),
            Map.entry("epochs", "3"),
            Map.entry("a first one", "last\n\u2028\u00e9"));
  }

  @Test
  void a_model_trained_from_nothing_has_no_base_checkpoint() {
    Provenance provenance = Provenance.started(START).finish(START);

    assertThat(Provenance.fromJson(provenance.toJson()).baseCheckpoint()).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void json_round_trip_holds_for_any_text(long seed) {
    Random random = new Random(seed);
    Provenance.Recording recording = Provenance.started(START).seed(random.nextLong());
    for (int i = 0; i < 20; i++) {
      recording.hyperParameter(i + text(random), text(random));
    }
    Provenance provenance = recording.finish(START);

    assertThat(Provenance.fromJson(provenance.toJson())).isEqualTo(provenance);
  }

  /** Any code points but lone surrogates, which no UTF-8 file can hold. */
  private static String text(Random random) {
    return random
        .ints(random.nextInt(20), 0, 0x10000)
        .filter(c -> !Character.isSurrogate((char) c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void the_environment_is_that_of_this_jvm() {
    EnvironmentProvenance environment = EnvironmentProvenance.current("PyTorch 2.7.1");

    assertThat(environment.sdk()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(environment.java()).isEqualTo(System.getProperty("java.version"));
    assertThat(environment.arch()).isEqualTo(System.getProperty("os.arch"));
  }

  @Test
  void a_digest_must_be_one() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatasetProvenance.of("news.csv", "abc", 1))
        .withMessageContaining("digest of data set 'news.csv'")
        .withMessageContaining("'abc'");
  }

  @Test
  void a_role_is_recorded_once() {
    Provenance.Recording recording =
        Provenance.started(START).dataset("training", DatasetProvenance.of("a", DIGEST, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> recording.dataset("training", DatasetProvenance.of("b", DIGEST, 1)))
        .withMessageContaining("'training'");
  }

  @Test
  void finishing_before_the_start_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Provenance.started(START).finish(START.minusSeconds(1)));
  }

  @Test
  void the_maps_cannot_be_changed() {
    Provenance provenance = Provenance.started(START).finish(START);

    assertThatThrownBy(() -> provenance.hyperParameters().put("a", "b"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "{}", "{\"datasets\":{}} x", "{'datasets':{}}"})
  void text_that_is_not_a_provenance_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Provenance.fromJson(text));
  }
}
