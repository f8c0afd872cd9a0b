package io.refract.train.generation.internal;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.Ints;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The token sequences of some labels as a tree: what may follow what. Immutable. */
public final class LabelTrie {

  private final Node root;
  private final ImmutableMap<ImmutableIntArray, String> labels;
  private final int longest;
  private final int end;

  private LabelTrie(
      Node root, ImmutableMap<ImmutableIntArray, String> labels, int longest, int end) {
    this.root = root;
    this.labels = labels;
    this.longest = longest;
    this.end = end;
  }

  private static final class Node {
    private final TreeMap<Integer, Node> children = new TreeMap<>();
  }

  /**
   * Returns the tree of labels.
   *
   * @param labels the labels, at least one
   * @param encode gives the tokens of a label, an end token last
   * @throws IllegalArgumentException if two labels have the same tokens, or one has the end token
   *     inside
   */
  public static LabelTrie of(List<String> labels, Function<String, int[]> encode) {
    checkArgument(!labels.isEmpty(), "there must be at least one label");
    Node root = new Node();
    Map<ImmutableIntArray, String> texts = new HashMap<>();
    int longest = 0;
    int end = 0;
    for (String label : labels) {
      int[] ids = encode.apply(label);
      String other = texts.putIfAbsent(ImmutableIntArray.copyOf(ids), label);
      checkArgument(
          other == null,
          "the labels '%s' and '%s' are the same tokens to this tokenizer; rename one of them",
          other,
          label);
      end = ids[ids.length - 1];
      checkArgument(
          Ints.indexOf(ids, end) == ids.length - 1,
          "the label '%s' has the end token inside, with which every output ends; rename it",
          label);
      Node node = root;
      for (int id : ids) {
        node = node.children.computeIfAbsent(id, key -> new Node());
      }
      longest = Math.max(longest, ids.length);
    }
    return new LabelTrie(root, ImmutableMap.copyOf(texts), longest, end);
  }

  /** Returns the tokens of the longest label. */
  public int longest() {
    return longest;
  }

  /** Returns the token that labels end with. */
  int end() {
    return end;
  }

  /** Returns the label with these tokens, or null when there is none. */
  public @Nullable String label(ImmutableIntArray tokens) {
    return labels.get(tokens);
  }

  /** Excludes all tokens but those that lead to a label. */
  void process(Prefix prefix, float[] scores, int offset, int vocabulary) {
    Node node = root;
    for (int i = 1; i < prefix.length() && node != null; i++) {
      node = node.children.get(prefix.token(i));
    }
    // A beam that has ended, or never had a chance, goes on with end tokens.
    Set<Integer> allowed =
        node == null || node.children.isEmpty() ? Set.of(end) : node.children.keySet();
    float[] kept = new float[allowed.size()];
    int count = 0;
    for (int token : allowed) {
      kept[count++] = scores[offset + token];
    }
    Arrays.fill(scores, offset, offset + vocabulary, Float.NEGATIVE_INFINITY);
    count = 0;
    for (int token : allowed) {
      scores[offset + token] = kept[count++];
    }
  }
}
