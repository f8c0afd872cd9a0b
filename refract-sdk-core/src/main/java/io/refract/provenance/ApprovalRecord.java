package io.refract.provenance;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A person's statement that a version may move to a lifecycle stage.
 *
 * @param stage the name of the stage that it is for
 * @param by who approved
 * @param because why, empty when no reason was given
 * @param at when
 */
public record ApprovalRecord(String stage, String by, String because, Instant at) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the stage or the person is blank
   */
  public ApprovalRecord {
    checkArgument(!stage.isBlank(), "stage of an approval must not be blank");
    checkArgument(!by.isBlank(), "person of an approval must not be blank");
    requireNonNull(because, "because");
    requireNonNull(at, "at");
  }
}
