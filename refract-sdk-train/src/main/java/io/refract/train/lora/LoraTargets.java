package io.refract.train.lora;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which linear layers of a T5 get an adapter: {@code target_modules} of {@code peft}, which is a
 * list of names or one regular expression.
 *
 * <p>A name stands for all modules whose path is that name or ends in a dot and that name: {@code
 * q} stands for the queries of all self- and cross-attentions of both stacks, {@code
 * EncDecAttention.q} for those of the cross-attentions. An expression must match the whole path,
 * for example {@code decoder.block.0.layer.0.SelfAttention.q}.
 *
 * @param names names, kept sorted and each once; empty when there is a pattern
 * @param pattern a regular expression, or null when there are names
 */
public record LoraTargets(List<String> names, @Nullable String pattern) {

  /** The linear layers inside the blocks of every form of T5; the output layer is none of them. */
  public static final List<String> LINEAR_LAYERS =
      List.of("q", "k", "v", "o", "wi", "wi_0", "wi_1", "wo");

  /** Checks that there is one of both. */
  public LoraTargets {
    // A set in peft, whose files have them in the order of chance.
    names = names.stream().distinct().sorted().toList();
    checkArgument(
        names.isEmpty() != (pattern == null),
        "target modules must be either names, at least one, or a pattern");
    for (String name : names) {
      checkArgument(!name.isBlank(), "the name of a target module must not be blank");
    }
    if (pattern != null) {
      ModulePattern.check(pattern);
    }
  }

  /** Returns all modules with one of some names. */
  public static LoraTargets of(String... names) {
    return new LoraTargets(List.of(names), null);
  }

  /** Returns all modules whose whole path matches a regular expression. */
  public static LoraTargets matching(String pattern) {
    return new LoraTargets(List.of(), pattern);
  }

  /** Returns all linear layers inside the blocks, {@code all-linear} of {@code peft}. */
  public static LoraTargets allLinear() {
    return new LoraTargets(LINEAR_LAYERS, null);
  }

  /**
   * Returns whether a module gets an adapter.
   *
   * <p>Source: {@code check_target_module_exists} of {@code huggingface/peft}.
   *
   * @param module its path, for example {@code decoder.block.0.layer.0.SelfAttention.q}
   */
  public boolean contains(String module) {
    return pattern != null
        ? ModulePattern.matches(pattern, module)
        : names.stream().anyMatch(name -> module.equals(name) || module.endsWith("." + name));
  }

  @Override
  public String toString() {
    return pattern != null ? pattern : String.join(",", names);
  }
}
