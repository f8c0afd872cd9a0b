package io.refract.train.t5;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import io.refract.train.data.Batch;
import io.refract.train.optim.Objective;
import io.refract.train.t5.internal.Dropout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
 * so. With two threads the sum of the first batch of an update does not depend on who comes first;
 * with more, and with batches that add to it, its last bits do.
 *
 * <p>The number of threads that the engine computes with is one of each thread, and one of the
 * process, which threads take over that the engine has not seen yet. To set the first sets the
 * second, too, so that is set right again before a pass begins.
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
    CountDownLatch begun = new CountDownLatch(parts.size() - 1);
    List<Future<PassResult>> others = new ArrayList<>();
    try {
      for (int part = 1; part < parts.size(); part++) {
        int number = part;
        others.add(
            THREADS.submit(
                () -> {
                  begin(ofPart, begun);
                  return pass(parts.get(number), number);
                }));
      }
      JniUtils.setNumThreads(ofPart);
      Uninterruptibles.awaitUninterruptibly(begun);
      Futures.getUnchecked(THREADS.submit(() -> JniUtils.setNumThreads(threads)));
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

  private static void begin(int threads, CountDownLatch begun) {
    try {
      // The first call of a thread takes the process's number over, so that has to be another one.
      JniUtils.getNumThreads();
      JniUtils.setNumThreads(threads);
    } finally {
      begun.countDown();
    }
  }

  private PassResult pass(Batch part, int number) {
    return network.pass(scope, part, dropout.share(number), objective);
  }

  private static PassResult await(Future<PassResult> future) {
    try {
      return Uninterruptibles.getUninterruptibly(future);
    } catch (ExecutionException e) {
      Throwables.throwIfUnchecked(requireNonNull(e.getCause()));
      throw new IllegalStateException("a part of the batch failed", e.getCause());
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
