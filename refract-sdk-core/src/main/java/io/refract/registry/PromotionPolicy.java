package io.refract.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static io.refract.registry.LifecycleStage.ARCHIVED;
import static io.refract.registry.LifecycleStage.DEVELOPMENT;
import static io.refract.registry.LifecycleStage.PRODUCTION;
import static io.refract.registry.LifecycleStage.VALIDATION;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.Sets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which moves between stages are allowed, how many approvals they need, and which stages hold one
 * version at a time.
 *
 * <pre>{@code
 * PromotionPolicy policy = PromotionPolicy.standard()
 *     .forbidding(DEVELOPMENT, PRODUCTION)
 *     .requiringApprovals(PRODUCTION, 2);
 * ModelRegistry registry = ModelRegistry.at(directory, policy);
 * }</pre>
 *
 * <p>An approval counts when it is for the stage that the version moves to, and when the person
 * neither registered the version nor asks for the move; each person counts once.
 *
 * <p>The policy belongs to the program that opens the registry, it is not stored in it. Immutable
 * and thread-safe.
 */
public final class PromotionPolicy {

  private static final PromotionPolicy STANDARD =
      new PromotionPolicy(
          ImmutableSetMultimap.<LifecycleStage, LifecycleStage>builder()
              .putAll(DEVELOPMENT, VALIDATION, PRODUCTION, ARCHIVED)
              .putAll(VALIDATION, DEVELOPMENT, PRODUCTION, ARCHIVED)
              .putAll(PRODUCTION, VALIDATION, ARCHIVED)
              .putAll(ARCHIVED, VALIDATION, PRODUCTION)
              .build(),
          ImmutableMap.of(),
          ImmutableSet.of(PRODUCTION));

  private final ImmutableSetMultimap<LifecycleStage, LifecycleStage> transitions;
  private final ImmutableMap<LifecycleStage, Integer> approvals;
  private final ImmutableSet<LifecycleStage> exclusive;

  private PromotionPolicy(
      ImmutableSetMultimap<LifecycleStage, LifecycleStage> transitions,
      ImmutableMap<LifecycleStage, Integer> approvals,
      ImmutableSet<LifecycleStage> exclusive) {
    this.transitions = transitions;
    this.approvals = approvals;
    this.exclusive = exclusive;
  }

  /**
   * Returns the standard policy: from DEVELOPMENT and VALIDATION to every stage, from PRODUCTION to
   * VALIDATION and ARCHIVED, from ARCHIVED back to VALIDATION and PRODUCTION; no approvals; one
   * version in PRODUCTION, its predecessor becomes ARCHIVED in the same step.
   */
  public static PromotionPolicy standard() {
    return STANDARD;
  }

  /**
   * Returns this policy with one more allowed move.
   *
   * @throws IllegalArgumentException if both stages are the same
   */
  public PromotionPolicy allowing(LifecycleStage from, LifecycleStage to) {
    checkArgument(from != to, "a move needs two different stages but both are %s", from);
    return new PromotionPolicy(
        ImmutableSetMultimap.<LifecycleStage, LifecycleStage>builder()
            .putAll(transitions)
            .put(from, to)
            .build(),
        approvals,
        exclusive);
  }

  /** Returns this policy without one move. */
  public PromotionPolicy forbidding(LifecycleStage from, LifecycleStage to) {
    return new PromotionPolicy(
        ImmutableSetMultimap.copyOf(
            Multimaps.filterEntries(
                transitions, move -> move.getKey() != from || move.getValue() != to)),
        approvals,
        exclusive);
  }

  /**
   * Returns this policy with a number of approvals that each move to a stage needs.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public PromotionPolicy requiringApprovals(LifecycleStage to, int number) {
    checkArgument(number >= 0, "number of approvals must not be negative but was %s", number);
    Map<LifecycleStage, Integer> numbers = new LinkedHashMap<>(approvals);
    numbers.put(to, number);
    return new PromotionPolicy(transitions, ImmutableMap.copyOf(numbers), exclusive);
  }

  /**
   * Returns this policy with a stage that holds one version at a time: who was there becomes
   * ARCHIVED when another comes.
   *
   * @throws IllegalArgumentException if the stage is ARCHIVED
   */
  public PromotionPolicy exclusive(LifecycleStage stage) {
    checkArgument(stage != ARCHIVED, "ARCHIVED must be able to hold many versions");
    return new PromotionPolicy(
        transitions, approvals, Sets.union(exclusive, Set.of(stage)).immutableCopy());
  }

  /** Returns this policy with a stage that holds any number of versions. */
  public PromotionPolicy shared(LifecycleStage stage) {
    return new PromotionPolicy(
        transitions, approvals, Sets.difference(exclusive, Set.of(stage)).immutableCopy());
  }

  /** Returns whether a move is allowed, given the approvals that it needs. */
  public boolean allows(LifecycleStage from, LifecycleStage to) {
    return transitions.containsEntry(from, to);
  }

  /** Returns the stages that a version can move to from a stage. */
  public Set<LifecycleStage> targets(LifecycleStage from) {
    return transitions.get(from);
  }

  /** Returns how many approvals a move to a stage needs. */
  public int requiredApprovals(LifecycleStage to) {
    return approvals.getOrDefault(to, 0);
  }

  /** Returns whether a stage holds one version at a time. */
  public boolean isExclusive(LifecycleStage stage) {
    return exclusive.contains(stage);
  }
}
