package io.refract.snowflake.embedded.function;

import io.refract.snowflake.embedded.sql.SqlError;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles the inline source of a Java function with the compiler of the running JDK. */
final class JavaSource {

  private JavaSource() {}

  /**
   * Compiles one source text.
   *
   * @param handlerClass the class of the handler; the text may declare more, none of them needs to
   *     lie in a file of its name
   * @param source the text after AS
   * @param release the RUNTIME_VERSION: 11, 17 or 21; lowered to the running JDK's
   * @param imports the imported jars
   * @param output the directory of the class files
   * @throws SqlError 100131 with the compiler's messages, 0A000 on a runtime without compiler
   */
  static void compile(
      String handlerClass, String source, int release, List<Path> imports, Path output) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw SqlError.unsupported(
          "LANGUAGE JAVA with inline source on a Java runtime without compiler ("
              + System.getProperty("java.home")
              + "). Run with a JDK, or stage a jar and name it in IMPORTS");
    }
    int supported = Math.min(release, Runtime.version().feature());
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    StringWriter messages = new StringWriter();
    boolean compiled;
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      Files.createDirectories(output);
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
      files.setLocationFromPaths(StandardLocation.CLASS_PATH, imports);
      List<String> options = new ArrayList<>();
      options.addAll(List.of("--release", String.valueOf(supported), "-parameters"));
      // Without this an annotation processor in an imported jar would run at CREATE.
      options.addAll(List.of("-proc:none", "-Xlint:none", "-implicit:none"));
      compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  diagnostics,
                  options,
                  null,
                  List.of(new Text(handlerClass, source)))
              .call();
    } catch (IOException e) {
      throw SqlError.of(
          "100131", "42601", "Compiling the function into " + output + " failed: " + e, e);
    }
    if (!compiled) {
      throw SqlError.of(
          "100131",
          "42601",
          "SQL compilation error:\nJava compilation failed:\n" + report(diagnostics) + messages);
    }
  }

  private static String report(DiagnosticCollector<JavaFileObject> diagnostics) {
    return diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(
            diagnostic ->
                "line "
                    + diagnostic.getLineNumber()
                    + ", column "
                    + diagnostic.getColumnNumber()
                    + ": "
                    + diagnostic.getMessage(Locale.ROOT))
        .collect(Collectors.joining("\n"));
  }

  /** The source as the compiler reads it. */
  private static final class Text extends SimpleJavaFileObject {

    private final String source;

    Text(String handlerClass, String source) {
      super(
          URI.create("string:///" + handlerClass.replace('.', '/') + Kind.SOURCE.extension),
          Kind.SOURCE);
      this.source = source;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return source;
    }

    /** A public class may have another name than the handler's: this text has no real file. */
    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }
  }
}
