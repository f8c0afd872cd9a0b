package io.refract.train.lora;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a low-rank adapter. A linear layer {@code x W^T} with an adapter computes
 *
 * <pre>
 *   x W^T + scale dropout(x) A^T B^T      A: rank x in, B: out x rank
 *   scale = alpha / rank, with rsLoRA alpha / sqrt(rank)
 * </pre>
 *
 * <p>and only A and B learn. A starts as {@code U(-1/sqrt(in), 1/sqrt(in))} and B as zeros, so that
 * a new adapter changes nothing.
 *
 * <p>Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (ICLR 2022);
 * Kalajdzievski, "A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA" (2023); defaults
 * and first values as in {@code huggingface/peft}.
 *
 * <p>{@code peft}'s {@code bias}, {@code modules_to_save} and {@code use_dora} have no counterpart:
 * a T5 has no biases, and the other two are refused with the reason when an adapter file has them.
 *
 * @param rank the rank of the addition, at least 1; default 8
 * @param alpha how strong the addition is, greater than 0; default 8
 * @param dropout probability that a value of the addition's input is zeroed in training, 0 or more,
 *     below 1; default 0
 * @param targets which layers get an addition; default the queries and values, {@code q} and {@code
 *     v}
 * @param rsLora whether the scale is rank-stabilized; default false
 * @param rankPattern other ranks for some modules; the keys are regular expressions that match the
 *     end of a module's path, and the first that matches counts; default empty
 * @param alphaPattern other alphas for some modules, as for ranks; default empty
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    LoraTargets targets,
    boolean rsLora,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern) {

  private static final LoraConfig DEFAULTS =
      new LoraConfig(8, 8, 0, LoraTargets.of("q", "v"), false, Map.of(), Map.of());

  /** Checks the range of every value. */
  public LoraConfig {
    checkRank(rank);
    checkAlpha(alpha);
    checkArgument(
        dropout >= 0 && dropout < 1, "dropout must be at least 0 and below 1 but was %s", dropout);
    requireNonNull(targets, "targets");
    // Not copyOf: the order of the patterns matters.
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    rankPattern.keySet().forEach(ModulePattern::check);
    alphaPattern.keySet().forEach(ModulePattern::check);
    rankPattern.values().forEach(LoraConfig::checkRank);
    alphaPattern.values().forEach(LoraConfig::checkAlpha);
  }

  private static void checkRank(int rank) {
    checkArgument(rank >= 1, "rank must be at least 1 but was %s", rank);
  }

  private static void checkAlpha(double alpha) {
    checkArgument(
        alpha > 0 && Double.isFinite(alpha), "alpha must be greater than 0 but was %s", alpha);
  }

  /** Returns the defaults, which are those of {@code peft} for T5. */
  public static LoraConfig defaults() {
    return DEFAULTS;
  }

  /** Returns these settings with another rank. */
  public LoraConfig withRank(int value) {
    return new LoraConfig(value, alpha, dropout, targets, rsLora, rankPattern, alphaPattern);
  }

  /** Returns these settings with another alpha. */
  public LoraConfig withAlpha(double value) {
    return new LoraConfig(rank, value, dropout, targets, rsLora, rankPattern, alphaPattern);
  }

  /** Returns these settings with another dropout probability. */
  public LoraConfig withDropout(double value) {
    return new LoraConfig(rank, alpha, value, targets, rsLora, rankPattern, alphaPattern);
  }

  /** Returns these settings with other target modules. */
  public LoraConfig withTargets(LoraTargets value) {
    return new LoraConfig(rank, alpha, dropout, value, rsLora, rankPattern, alphaPattern);
  }

  /** Returns these settings with the modules of some names as targets, for example {@code "wo"}. */
  public LoraConfig withTargetModules(String... names) {
    return withTargets(LoraTargets.of(names));
  }

  /** Returns these settings with or without rank-stabilized scale. */
  public LoraConfig withRsLora(boolean value) {
    return new LoraConfig(rank, alpha, dropout, targets, value, rankPattern, alphaPattern);
  }

  /** Returns these settings with other ranks for some modules. */
  public LoraConfig withRankPattern(Map<String, Integer> value) {
    return new LoraConfig(rank, alpha, dropout, targets, rsLora, value, alphaPattern);
  }

  /** Returns these settings with other alphas for some modules. */
  public LoraConfig withAlphaPattern(Map<String, Double> value) {
    return new LoraConfig(rank, alpha, dropout, targets, rsLora, rankPattern, value);
  }

  /**
   * Returns the rank of a module's addition.
   *
   * @param module its path, for example {@code decoder.block.0.layer.0.SelfAttention.q}
   */
  public int rankOf(String module) {
    return first(rankPattern, module, rank);
  }

  /** Returns what a module's addition is multiplied with. */
  public double scaleOf(String module) {
    double rankThere = rankOf(module);
    return first(alphaPattern, module, alpha) / (rsLora ? Math.sqrt(rankThere) : rankThere);
  }

  private static <T> T first(Map<String, T> patterns, String module, T otherwise) {
    return patterns.entrySet().stream()
        .filter(entry -> ModulePattern.matchesEnd(entry.getKey(), module))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(otherwise);
  }

  /** Returns the settings as they are named in a provenance record. */
  public Map<String, String> asMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("lora_rank", Integer.toString(rank));
    map.put("lora_alpha", Double.toString(alpha));
    map.put("lora_dropout", Double.toString(dropout));
    map.put("lora_target_modules", targets.toString());
    map.put("lora_rs", Boolean.toString(rsLora));
    if (!rankPattern.isEmpty()) {
      map.put("lora_rank_pattern", rankPattern.toString());
    }
    if (!alphaPattern.isEmpty()) {
      map.put("lora_alpha_pattern", alphaPattern.toString());
    }
    return map;
  }
}
