package io.refract.scoring;

import java.time.Duration;

/**
 * What a {@link BatchingScorer} has done since it was started, at one moment.
 *
 * @param requests requests that were accepted
 * @param succeeded requests that got an output
 * @param failed requests that got an error
 * @param cancelled requests that were given up before they were scored
 * @param rejected requests that were not accepted, because the queue was full
 * @param batches calls of the scorer for several requests or one; calls that repeat the requests of
 *     a failed batch one by one are not counted
 * @param batchedRequests requests that were in those batches
 * @param queueDepth requests that wait now
 * @param longestQueue the most that ever waited
 * @param totalWait how long the batched requests waited in the queue, all together
 * @param longestWait how long one of them waited at most
 */
public record BatchingMetrics(
    long requests,
    long succeeded,
    long failed,
    long cancelled,
    long rejected,
    long batches,
    long batchedRequests,
    int queueDepth,
    int longestQueue,
    Duration totalWait,
    Duration longestWait) {

  /** Returns the requests of a batch on average; 0 before the first. */
  public double meanBatchSize() {
    return batches == 0 ? 0 : (double) batchedRequests / batches;
  }

  /** Returns how long a request waited in the queue on average; zero before the first. */
  public Duration meanWait() {
    return batchedRequests == 0 ? Duration.ZERO : totalWait.dividedBy(batchedRequests);
  }
}
