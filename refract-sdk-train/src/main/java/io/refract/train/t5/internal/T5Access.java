package io.refract.train.t5.internal;

import io.refract.scoring.TextModel;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets training and evaluation reach the network of a model, which its public type does not show.
 */
public final class T5Access {

  private static final AtomicReference<@Nullable Function<TextModel, T5Network>> ACCESS =
      new AtomicReference<>();

  private T5Access() {}

  /**
   * Opens the way; called by the class of the models when it is initialized.
   *
   * @param access returns the network of a model
   */
  public static void grant(Function<TextModel, T5Network> access) {
    ACCESS.set(access);
  }

  /**
   * Returns the network of a T5 model. It is usable until the model is closed; whoever changes its
   * parameters sees to it that nobody else uses the model meanwhile.
   *
   * @param model a {@code T5Model}
   * @throws IllegalArgumentException if it is a model of another kind
   * @throws IllegalStateException if it is closed
   */
  public static T5Network network(TextModel model) {
    Function<TextModel, T5Network> access = ACCESS.get();
    if (access == null) {
      throw new IllegalArgumentException("not a T5 model: " + model.getClass().getName());
    }
    return access.apply(model);
  }
}
