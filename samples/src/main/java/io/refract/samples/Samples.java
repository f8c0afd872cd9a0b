package io.refract.samples;

import io.refract.RefractException;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line behind {@code samples/run}: lists the samples and runs one by name. */
@Command(
    name = "samples/run",
    description = "Runs a sample of the Refract SDK by name.",
    subcommands = {
      EndToEnd.class,
      FineTune.class,
      ClassifyTickets.class,
      FineTuneWithLora.class,
      FineTuneSummarizer.class,
      Generate.class,
      Evaluate.class,
      PretrainThenFineTune.class,
      ResumeTraining.class,
      HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    version = "Refract SDK samples 0.1.0-SNAPSHOT")
final class Samples {

  private Samples() {}

  /**
   * Runs a sample.
   *
   * @param arguments the name of the sample and its options
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs a sample and returns the exit status: 0 done, 1 failed, 2 wrong options. */
  static int run(String... arguments) {
    return new CommandLine(new Samples())
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Samples::explain)
        .execute(arguments);
  }

  /** Returns the names of all samples. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>(new CommandLine(new Samples()).getSubcommands().keySet());
    names.remove("help");
    return names;
  }

  /** The SDK's own errors say what to do; anything else is shown with its stack trace. */
  private static int explain(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult parsed) {
    if (failure instanceof RefractException
        || failure instanceof SampleException
        || failure instanceof IllegalArgumentException) {
      commandLine.getErr().println("Failed: " + failure.getMessage());
    } else {
      failure.printStackTrace(commandLine.getErr());
    }
    return 1;
  }
}
