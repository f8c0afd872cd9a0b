package io.refract.train.t5;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.Dropout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A forward and backward pass whose rows are shared out among threads of the processor. Each thread
 * computes all of the network for its rows, which leaves nothing to a single thread; where each
 * product is shared out instead, everything between the products is.
 *
 * <p>All threads add to the gradients of the same parameters, which the engine locks while it does
 * so. With two threads their sum does not depend on who comes first; with more its last bits do.
 */
final class ParallelPass {

  private static final Logger LOG = LoggerFactory.getLogger(ParallelPass.class);

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          new ThreadFactoryBuilder().setNameFormat("refract-backward-%d").setDaemon(true).build());

  private final T5ArrayNetwork network;
  private final NDManager scope;
  private final Dropout dropout;
  private final Objective objective;

  ParallelPass(T5ArrayNetwork network, NDManager scope, Dropout dropout, Objective objective) {
    this.network = network;
    this.scope = scope;
    this.dropout = dropout;
    this.objective = objective;
  }

  /**
   * Computes the parts of a batch.
   *
   * @param parts two or more
   * @param threads threads that the engine may use for all of them
   * @return the sum of the losses, and all lookups in the order of the parts
   */
  PassResult run(List<Batch> parts, int threads) {
    int ofPart = Math.max(1, threads / parts.size());
    List<Future<PassResult>> others = new ArrayList<>();
    try {
      for (int part = 1; part < parts.size(); part++) {
        int number = part;
        others.add(
            THREADS.submit(
                () -> {
                  JniUtils.setNumThreads(ofPart);
                  return pass(parts.get(number), number);
                }));
      }
      JniUtils.setNumThreads(ofPart);
      PassResult sum = pass(parts.get(0), 0);
      for (Future<PassResult> other : others) {
        sum = sum.plus(await(other));
      }
      return sum;
    } finally {
      // Whatever happened, nobody may use the arrays of the step after this method has ended.
      others.forEach(ParallelPass::awaitEnd);
      JniUtils.setNumThreads(threads);
    }
  }

  private PassResult pass(Batch part, int number) {
    return network.pass(scope, part, dropout.share(number), objective);
  }

  private static PassResult await(Future<PassResult> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          Throwables.throwIfUnchecked(requireNonNull(e.getCause()));
          throw new IllegalStateException("a part of the batch failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits; a failure has been reported, or stands behind the one that is. */
  private static void awaitEnd(Future<PassResult> future) {
    try {
      await(future);
    } catch (RuntimeException | Error e) {
      LOG.debug("A part of a batch failed", e);
    }
  }
}
