package io.refract.progress;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Listeners that show progress to a person. */
public final class Progress {

  private Progress() {}

  /**
   * Returns a listener that draws one line on the terminal (standard error) and updates it at most
   * ten times a second: the share that is done, the counts, the time since the first report and the
   * time that is left at the mean speed so far, and the note. Without a terminal, for example in a
   * batch job or behind a pipe, it stays quiet.
   *
   * <p>Thread-safe. With several tasks at once the line shows whichever reported last.
   */
  public static ProgressListener bar() {
    return hasTerminal()
        ? new ProgressBar(System.err, Duration.ofMillis(100), System::nanoTime)
        : ProgressListener.none();
  }

  /** Returns a bar on any stream, with any clock of nanoseconds. */
  static ProgressListener bar(PrintStream out, Duration interval, LongSupplier nanoTime) {
    return new ProgressBar(out, interval, nanoTime);
  }

  /** From Java 22 on a console may exist without a terminal, and says so itself. */
  @SuppressWarnings("SystemConsoleNull") // Before Java 22, null means that there is no terminal.
  private static boolean hasTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  private static final class ProgressBar implements ProgressListener {

    private static final int CELLS = 20;
    private static final int WIDTH = 100;

    private final PrintStream out;
    private final long interval;
    private final LongSupplier nanoTime;
    private String task = "";
    private long startedAt;
    private long startedFrom;
    private long drawnAt;
    private boolean ended = true;

    ProgressBar(PrintStream out, Duration interval, LongSupplier nanoTime) {
      this.out = out;
      this.interval = interval.toNanos();
      this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void onProgress(ProgressEvent event) {
      long now = nanoTime.getAsLong();
      boolean another = !event.task().equals(task);
      if (another) {
        if (!ended) {
          out.print(System.lineSeparator());
        }
        task = event.task();
        start(event, now);
      } else if (ended && event.finished()) {
        return;
      } else if (ended) {
        start(event, now);
      }
      if (another || event.finished() || now - drawnAt >= interval) {
        drawnAt = now;
        ended = event.finished();
        out.print("\r" + padded(line(event, now - startedAt)));
        out.print(ended ? System.lineSeparator() : "");
        out.flush();
      }
    }

    private void start(ProgressEvent event, long now) {
      startedAt = now;
      startedFrom = event.done();
      ended = false;
    }

    private String line(ProgressEvent event, long nanos) {
      String counts =
          event.total() >= 0
              ? "%s %3d%% %d/%d %s"
                  .formatted(
                      cells(event), percent(event), event.done(), event.total(), event.unit())
              : "%d %s".formatted(event.done(), event.unit());
      String note = event.note().isEmpty() ? "" : ", " + event.note();
      return "%s %s, %s%s%s"
          .formatted(event.task(), counts, time(nanos / 1e9), left(event, nanos), note);
    }

    /** What was done before the first report, for example before a resume, took no time here. */
    private String left(ProgressEvent event, long nanos) {
      long done = event.done() - startedFrom;
      if (event.total() < 0 || event.finished() || done <= 0 || nanos <= 0) {
        return "";
      }
      double seconds = nanos / 1e9 / done * (event.total() - event.done());
      return ", " + time(seconds) + " left";
    }

    /** Seconds, or minutes and hours from a minute on: 9.5 s, 1:05, 2:00:07. */
    private static String time(double seconds) {
      if (seconds < 60) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
      }
      long whole = Math.round(seconds);
      long hours = whole / 3600;
      long minutes = whole / 60 % 60;
      return hours > 0
          ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
          : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
    }

    private static long percent(ProgressEvent event) {
      return event.total() == 0 ? 100 : (long) (100.0 * share(event));
    }

    private static String cells(ProgressEvent event) {
      int full = event.total() == 0 ? CELLS : (int) (CELLS * share(event));
      return "[" + "#".repeat(full) + " ".repeat(CELLS - full) + "]";
    }

    private static double share(ProgressEvent event) {
      return Math.min(1.0, (double) event.done() / event.total());
    }

    /** Cut, so that it never wraps; filled, so that it covers the line in front. */
    private static String padded(String line) {
      String printable = line.replaceAll("\\p{Cntrl}", " ");
      return printable.length() > WIDTH
          ? printable.substring(0, WIDTH)
          : printable + " ".repeat(WIDTH - printable.length());
    }
  }
}
