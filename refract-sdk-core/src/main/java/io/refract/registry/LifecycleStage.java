package io.refract.registry;

/**
 * Where a version stands in its life. A version has exactly one stage; which moves are allowed is
 * the matter of a {@link PromotionPolicy}. Approvals and aliases are something else: an approval is
 * a person's statement about a version, an alias is a name that moves freely.
 */
public enum LifecycleStage {
  /** Registered, and nothing more. The stage of every new version. */
  DEVELOPMENT,
  /** Under examination. */
  VALIDATION,
  /** In use. */
  PRODUCTION,
  /** No longer in use; kept for the record, and for going back. */
  ARCHIVED
}
