package io.refract.snowflake.embedded.wire;

import io.refract.snowflake.embedded.engine.Session;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The open sessions by their tokens. Thread-safe. */
final class WireSessions {

  private static final int TOKEN_BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, WireSession> byToken = new ConcurrentHashMap<>();
  private final Map<String, WireSession> byMasterToken = new ConcurrentHashMap<>();

  WireSession open(Session session) {
    WireSession wire = new WireSession(session, newToken(), newToken());
    byToken.put(wire.token(), wire);
    byMasterToken.put(wire.masterToken(), wire);
    return wire;
  }

  /** Returns the session of a request, or throws when its token is none. */
  WireSession of(Exchange exchange) throws Failure {
    String token = exchange.token();
    WireSession session = token == null ? null : byToken.get(token);
    if (session == null) {
      throw Failure.sessionGone();
    }
    return session;
  }

  /** Gives the session of a master token a new token; the old one ends. */
  WireSession renew(@Nullable String masterToken) throws Failure {
    WireSession session = masterToken == null ? null : byMasterToken.get(masterToken);
    if (session == null) {
      throw Failure.sessionGone();
    }
    byToken.remove(session.token());
    session.renew(newToken());
    byToken.put(session.token(), session);
    return session;
  }

  void close(WireSession session) throws SQLException {
    byToken.remove(session.token());
    byMasterToken.remove(session.masterToken());
    session.session().close();
  }

  private String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
