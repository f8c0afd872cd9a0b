package io.refract.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the README to what is true: its program is compiled and its commands are those of CI. */
class ReadmeTest {

  private static final Path ROOT = Path.of("..");

  @Test
  void the_program_of_the_readme_is_the_one_that_compiles() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/io/refract/samples/SmallestProgram.java"));
    String region =
        source.substring(source.indexOf("// start region"), source.indexOf("// end region"));
    List<String> program =
        region.lines().skip(1).map(String::stripTrailing).filter(line -> !line.isBlank()).toList();
    int indent = program.get(0).length() - program.get(0).stripLeading().length();
    List<String> expected =
        program.stream().map(line -> line.substring(Math.min(indent, line.length()))).toList();

    String readme = Files.readString(ROOT.resolve("README.md"));
    String block =
        readme.substring(
            readme.indexOf("```java") + 7, readme.indexOf("```", readme.indexOf("```java") + 7));

    assertThat(block.lines().map(String::stripTrailing).filter(line -> !line.isBlank()).toList())
        .isEqualTo(expected.stream().filter(line -> !line.isBlank()).toList());
  }

  @Test
  void ci_runs_the_two_commands_of_the_readme() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String ci = Files.readString(ROOT.resolve(".ci/run"));

    for (String command : List.of("samples/run end-to-end", "mvn -B -ntp verify")) {
      assertThat(readme).contains("\n    " + command + "\n");
      assertThat(ci).contains(command);
    }
  }

  @Test
  void every_sample_of_the_readme_exists() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String table = readme.substring(readme.indexOf("\n## Samples"));

    assertThat(
            Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                .matcher(table)
                .results()
                .map(row -> row.group(1)))
        .containsExactlyInAnyOrderElementsOf(Samples.names());
  }
}
