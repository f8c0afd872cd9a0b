package io.refract.train.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.refract.train.t5.internal.GradMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScriptLibraryTest {

  private static final Script CUBE =
      new Script(
          "cube",
          """
            def cube(self, x: Tensor) -> Tensor:
              return x * x * x
            def both(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
              return (x + y, x - y)
          """);

  private static final Script BROKEN =
      new Script(
          "broken",
          """
            def f(self, x: Tensor) -> Tensor:
              return torch.no_such_operator(x)
          """);

  /** Every text that the SDK emits; a kernel that is not listed here is not tested. */
  static Stream<Script> emitted() {
    List<String> activations = List.of("relu", "gelu", "gelu_new", "silu", "tanh", "sigmoid");
    List<Script> all = new ArrayList<>(List.of(OptimizerKernel.SCRIPT, Bf16.SCRIPT));
    for (String activation : activations) {
      for (boolean flag : new boolean[] {false, true}) {
        ScoringShape shape = new ScoringShape(2, 3, 4, 8, 1e-6, activation, flag, 0.5);
        Stream.of(Packing.values()).map(p -> ScoringScript.of(shape, p)).forEach(all::add);
        all.add(LayerKernel.script(new LayerShape(4, 1e-6, activation, flag, 1.25)));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void every_emitted_text_loads(Script script) {
    try (ScriptLibrary library = ScriptLibrary.load(script)) {
      assertThat(library.methods())
          .isNotEmpty()
          .allSatisfy(method -> assertThat(script.methods()).contains("def " + method + "(self"));
    }
  }

  @Test
  void a_method_is_a_part_of_the_graph_when_gradients_are_recorded() {
    try (ScriptLibrary library = ScriptLibrary.load(CUBE);
        NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray x = manager.create(new float[] {1, 2, -3});
      x.setRequiresGradient(true);
      GradMode.on(
          () -> {
            NDArray sum = library.call("cube", x).singletonOrThrow().sum();
            JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
            return sum;
          });
      assertThat(x.getGradient().toFloatArray()).containsExactly(3, 12, 27);
    }
  }

  @Test
  void results_are_ordinary_arrays_of_the_first_arguments_manager() {
    try (ScriptLibrary library = ScriptLibrary.load(CUBE);
        NDManager manager = NDManager.newBaseManager("PyTorch");
        NDManager scope = manager.newSubManager()) {
      NDArray y = manager.create(new float[] {1, 1});
      var results = library.call("both", scope.create(new float[] {5, 7}), y);
      assertThat(results.get(0).toFloatArray()).containsExactly(6, 8);
      assertThat(results.get(1).toFloatArray()).containsExactly(4, 6);
      assertThat(results).allSatisfy(r -> assertThat(r.getManager()).isSameAs(scope));
    }
  }

  @Test
  void calls_leave_no_arrays_behind() {
    try (ScriptLibrary library = ScriptLibrary.load(CUBE);
        NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray x = manager.create(new float[] {2});
      int before = manager.getManagedArrays().size();
      for (int i = 0; i < 3; i++) {
        library.call("cube", x).close();
      }
      assertThat(manager.getManagedArrays()).hasSize(before);
    }
  }

  @Test
  void threads_share_a_library() throws Exception {
    try (ScriptLibrary library = ScriptLibrary.load(CUBE)) {
      Callable<Float> work =
          () -> {
            try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
              float last = 0;
              for (int i = 0; i < 200; i++) {
                try (NDArray x = manager.create(new float[] {i})) {
                  last = library.call("cube", x).singletonOrThrow().toFloatArray()[0];
                }
              }
              return last;
            }
          };
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        for (Future<Float> result : threads.invokeAll(List.of(work, work, work, work))) {
          assertThat(result.get()).isEqualTo(199f * 199 * 199);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void an_unknown_method_is_refused_before_the_engine_sees_it() {
    try (ScriptLibrary library = ScriptLibrary.load(CUBE);
        NDManager manager = NDManager.newBaseManager("PyTorch")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> library.call("square", manager.create(1f)))
          .withMessageStartingWith("script 'cube' has no method 'square', only [");
    }
  }

  @Test
  void a_text_that_the_engine_refuses_does_not_load() {
    assertThatThrownBy(() -> ScriptLibrary.load(BROKEN))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no_such_operator");
  }

  @Test
  void where_a_text_does_not_load_one_line_says_what_happens_instead() {
    ScriptLibrary.load(CUBE).close(); // The start of the engine has lines of its own.
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    SharedLibrary shared = new SharedLibrary(BROKEN, "It goes on without");
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      assertThat(IntStream.range(0, 3).mapToObj(i -> shared.get())).allMatch(l -> l.isEmpty());
    } finally {
      System.setErr(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("The engine does not load the script 'broken': ")
        .contains("no_such_operator")
        .endsWith(" It goes on without.");
  }

  @Test
  void a_library_is_loaded_once() {
    SharedLibrary shared = new SharedLibrary(CUBE, "-");
    assertThat(shared.get()).isPresent();
    assertThat(shared.get().orElseThrow()).isSameAs(shared.get().orElseThrow());
    shared.get().orElseThrow().close();
  }

  @Test
  void a_script_must_have_a_plain_name_and_text() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Script("My script", ""))
        .withMessage(
            "the name of a script must be lower-case letters, digits and hyphens but was"
                + " 'My script'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Script("a", "  def größe(self) -> None:\n"))
        .withMessage("the text of script 'a' must be ASCII");
  }
}
