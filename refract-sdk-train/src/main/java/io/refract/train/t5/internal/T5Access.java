package io.refract.train.t5.internal;

import io.refract.scoring.TextModel;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets training and evaluation reach the network of a model, which its public type does not show.
 */
public final class T5Access {

  private static final AtomicReference<@Nullable Access> ACCESS = new AtomicReference<>();

  /** What the class of the models offers. */
  public interface Access {

    /** See {@link T5Access#network}. */
    T5Network network(TextModel model);

    /** See {@link T5Access#trainable}. */
    T5Network trainable(TextModel model);

    /** See {@link T5Access#changed}. */
    void changed(TextModel model);

    /** See {@link T5Access#scoring}. */
    ScoringNetwork scoring(TextModel model);
  }

  private T5Access() {}

  /** Opens the way; called by the class of the models when it is initialized. */
  public static void grant(Access access) {
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
    return access(model).network(model);
  }

  /**
   * Returns the network of a T5 model for a training, which changes its parameters.
   *
   * @param model a {@code T5Model}
   * @throws IllegalArgumentException if it is a model of another kind
   * @throws IllegalStateException if it is closed, or its parameters can only be read
   */
  public static T5Network trainable(TextModel model) {
    return access(model).trainable(model);
  }

  /**
   * Says that the parameters of a model have got other values than when {@link #network} or {@link
   * #trainable} was called. Whoever changes parameters calls it when that is done: a model that
   * shares them may have been used since, and must not keep what it made of the old values.
   *
   * @param model a {@code T5Model}; closed is allowed
   * @throws IllegalArgumentException if it is a model of another kind
   */
  public static void changed(TextModel model) {
    access(model).changed(model);
  }

  /**
   * Returns what a T5 model generates with. The caller closes it, before the model is closed.
   *
   * @param model a {@code T5Model}
   * @throws IllegalArgumentException if it is a model of another kind
   * @throws IllegalStateException if it is closed
   */
  public static ScoringNetwork scoring(TextModel model) {
    return access(model).scoring(model);
  }

  private static Access access(TextModel model) {
    Access access = ACCESS.get();
    if (access == null) {
      throw new IllegalArgumentException("not a T5 model: " + model.getClass().getName());
    }
    return access;
  }
}
