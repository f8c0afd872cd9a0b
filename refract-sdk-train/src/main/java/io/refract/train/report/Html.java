package io.refract.train.report;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.xml.XmlEscapers;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML, with SVG in it, that is well-formed XML too. Texts and values of attributes are
 * always escaped, and only names that the code of this package holds become markup, so that no text
 * of a data set can. Not thread-safe.
 */
final class Html {

  /** The one void element of HTML that reports hold. */
  private static final String VOID = "meta";

  private final StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  Html open(String name, String... attributes) {
    start(name, attributes).append('>');
    open.push(name);
    return this;
  }

  /** Closes the element that was opened last. */
  Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Adds text. */
  Html text(String text) {
    out.append(XmlEscapers.xmlContentEscaper().escape(text));
    return this;
  }

  /** Adds an element that holds only text. */
  Html element(String name, String text, String... attributes) {
    return open(name, attributes).text(text).close();
  }

  /** Adds an element without content; HTML knows no short form of it but for void elements. */
  Html empty(String name, String... attributes) {
    return name.equals(VOID) ? voided(attributes) : open(name, attributes).close();
  }

  private Html voided(String... attributes) {
    start(VOID, attributes).append("/>");
    return this;
  }

  /** Adds the style sheet, whose text HTML does not unescape, so that nothing may need it. */
  Html style(String css) {
    checkArgument(css.indexOf('<') < 0 && css.indexOf('&') < 0, "a style sheet without < and &");
    out.append("<style>").append(css).append("</style>");
    return this;
  }

  /** Starts a new line, for those who look at the source. */
  Html line() {
    out.append('\n');
    return this;
  }

  private StringBuilder start(String name, String... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ')
          .append(attributes[i])
          .append("=\"")
          .append(XmlEscapers.xmlAttributeEscaper().escape(attributes[i + 1]))
          .append('"');
    }
    return out;
  }

  /** Returns the document; everything must be closed. */
  @Override
  public String toString() {
    checkState(open.isEmpty(), "still open: %s", open);
    return out.append('\n').toString();
  }
}
