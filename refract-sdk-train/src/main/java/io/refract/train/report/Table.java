package io.refract.train.report;

/** Tables: words to the left in the first column, numbers to the right in the others. */
final class Table {

  private Table() {}

  /** Opens a table and its body; two elements are to be closed. */
  static void open(Html html, String... headings) {
    html.open("table").open("thead").open("tr");
    for (String heading : headings) {
      html.element("th", heading);
    }
    html.close().close().open("tbody");
  }

  /**
   * Adds a row.
   *
   * @param kind its class in the style sheet, or an empty string
   */
  static void row(Html html, String kind, String... cells) {
    if (kind.isEmpty()) {
      html.open("tr");
    } else {
      html.open("tr", "class", kind);
    }
    for (String cell : cells) {
      html.element("td", cell);
    }
    html.close();
  }
}
