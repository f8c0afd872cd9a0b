package io.refract.snowflake;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How a user proves who it is. The text form of each kind hides its secret.
 *
 * <p>The property names are those of the JDBC driver's connection parameter reference.
 */
public sealed interface Credentials {

  /** Returns the connection properties of the driver that carry these credentials. */
  Properties properties();

  /**
   * A password.
   *
   * @param user the login name
   * @param password the password
   */
  record Password(String user, String password) implements Credentials {
    /** Checks that neither is empty. */
    public Password {
      checkNotEmpty(user, "user");
      checkNotEmpty(password, "password");
    }

    @Override
    public Properties properties() {
      return of("user", user, "password", password);
    }

    @Override
    public String toString() {
      return "password of " + user;
    }
  }

  /**
   * A key pair.
   *
   * @param user the login name
   * @param privateKey the file of the private key, PKCS #8 in PEM form
   * @param passphrase what the file is encrypted with, or null
   */
  record KeyPair(String user, Path privateKey, @Nullable String passphrase) implements Credentials {
    /** Checks that the user is not empty. */
    public KeyPair {
      checkNotEmpty(user, "user");
    }

    @Override
    public Properties properties() {
      Properties properties =
          of(
              "user",
              user,
              "authenticator",
              "snowflake_jwt",
              "private_key_file",
              privateKey.toAbsolutePath().toString());
      if (passphrase != null) {
        properties.setProperty("private_key_pwd", passphrase);
      }
      return properties;
    }

    @Override
    public String toString() {
      return "key pair of " + user + " in " + privateKey;
    }
  }

  /**
   * A programmatic access token.
   *
   * @param user the login name
   * @param token the token
   */
  record AccessToken(String user, String token) implements Credentials {
    /** Checks that neither is empty. */
    public AccessToken {
      checkNotEmpty(user, "user");
      checkNotEmpty(token, "token");
    }

    @Override
    public Properties properties() {
      return of("user", user, "authenticator", "programmatic_access_token", "token", token);
    }

    @Override
    public String toString() {
      return "programmatic access token of " + user;
    }
  }

  /**
   * An OAuth token that the application got from its own identity provider.
   *
   * @param token the token
   */
  record OAuth(String token) implements Credentials {
    /** Checks that it is not empty. */
    public OAuth {
      checkNotEmpty(token, "token");
    }

    @Override
    public Properties properties() {
      return of("authenticator", "oauth", "token", token);
    }

    @Override
    public String toString() {
      return "OAuth token";
    }
  }

  /**
   * Single sign-on in the web browser of this machine.
   *
   * @param user the login name
   */
  record ExternalBrowser(String user) implements Credentials {
    /** Checks that the user is not empty. */
    public ExternalBrowser {
      checkNotEmpty(user, "user");
    }

    @Override
    public Properties properties() {
      return of("user", user, "authenticator", "externalbrowser");
    }

    @Override
    public String toString() {
      return "browser login of " + user;
    }
  }

  private static void checkNotEmpty(String value, String what) {
    checkArgument(!value.isEmpty(), "the %s must not be empty", what);
  }

  private static Properties of(String... keysAndValues) {
    Properties properties = new Properties();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.setProperty(keysAndValues[i], keysAndValues[i + 1]);
    }
    return properties;
  }
}
