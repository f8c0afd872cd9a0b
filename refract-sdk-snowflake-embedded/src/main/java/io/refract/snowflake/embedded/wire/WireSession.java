package io.refract.snowflake.embedded.wire;

import io.refract.snowflake.embedded.engine.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session as the driver knows it: its tokens, and its recent requests. */
final class WireSession {

  private static final int KEPT_REQUESTS = 64;

  private final Session session;
  private final String masterToken;
  private volatile String token;

  private final Map<String, QueryRun> requests =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, QueryRun> eldest) {
          return size() > KEPT_REQUESTS && eldest.getValue().isDone();
        }
      };

  WireSession(Session session, String token, String masterToken) {
    this.session = session;
    this.token = token;
    this.masterToken = masterToken;
  }

  Session session() {
    return session;
  }

  String token() {
    return token;
  }

  String masterToken() {
    return masterToken;
  }

  void renew(String newToken) {
    token = newToken;
  }

  /** Returns the run that already has this request id, or null after having registered this one. */
  @Nullable QueryRun register(QueryRun run) {
    synchronized (requests) {
      return requests.putIfAbsent(run.requestId(), run);
    }
  }

  @Nullable QueryRun request(String requestId) {
    synchronized (requests) {
      return requests.get(requestId);
    }
  }

  /** Cancels all statements that are not done. */
  void cancelAll(Failure reason) {
    List<QueryRun> open;
    synchronized (requests) {
      open = List.copyOf(requests.values());
    }
    open.forEach(run -> run.cancel(reason));
  }
}
