package io.refract.snowflake;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableMap;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is needed to connect to a Snowflake account, for programs that do not keep it in
 * {@code connections.toml}. The text form hides all secrets.
 *
 * <pre>{@code
 * SnowflakeConfig config = SnowflakeConfig.account("myorg-myaccount")
 *     .keyPair("ANA", Path.of("rsa_key.p8"))
 *     .role("ML_ENGINEER").warehouse("SCORING").database("ML").schema("PUBLIC")
 *     .build();
 * }</pre>
 *
 * @param account the account identifier, for example {@code myorg-myaccount}
 * @param credentials how the user logs in
 * @param url the address, when it is not {@code https://ACCOUNT.snowflakecomputing.com}; else null
 * @param properties further connection properties of the driver and session parameters; context
 *     (role, warehouse, database, schema), time limits and the query tag are among them
 */
public record SnowflakeConfig(
    String account, Credentials credentials, @Nullable URI url, Map<String, String> properties) {

  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i).*(password|pwd|passcode|secret|token|key).*");

  /** Checks the account identifier and the address. */
  public SnowflakeConfig {
    checkArgument(
        ACCOUNT.matcher(account).matches(),
        "an account identifier has letters, digits, - and _ in parts between dots,"
            + " for example myorg-myaccount, but was '%s'",
        account);
    checkArgument(
        url == null
            || (url.getHost() != null
                && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null),
        "an address must look like https://host or http://host:port but was '%s'",
        url);
    properties = ImmutableMap.copyOf(properties);
  }

  /**
   * Begins the configuration of an account.
   *
   * @param account the account identifier, for example {@code myorg-myaccount}
   */
  public static Builder account(String account) {
    return new Builder(account);
  }

  /** Returns the JDBC address. */
  String jdbcUrl() {
    if (url == null) {
      return "jdbc:snowflake://" + account + ".snowflakecomputing.com/";
    }
    return "jdbc:snowflake://"
        + url.getHost()
        + (url.getPort() < 0 ? "" : ":" + url.getPort())
        + "/";
  }

  /** Returns the connection properties, secrets included; a new object at each call. */
  Properties connectionProperties() {
    Properties all = credentials.properties();
    all.setProperty("account", account);
    if (url != null && "http".equals(url.getScheme())) {
      all.setProperty("ssl", "off");
    }
    all.putAll(properties);
    return all;
  }

  /** Returns the configuration without its secrets. */
  @Override
  public String toString() {
    Map<String, String> shown = new LinkedHashMap<>(properties);
    shown.replaceAll((key, value) -> SECRET_KEY.matcher(key).matches() ? "***" : value);
    return "SnowflakeConfig[account="
        + account
        + ", credentials="
        + credentials
        + (url == null ? "" : ", url=" + url)
        + ", properties="
        + shown
        + "]";
  }

  /** Collects a configuration; not thread-safe. */
  public static final class Builder {

    private final String account;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private @Nullable Credentials credentials;
    private @Nullable URI url;

    private Builder(String account) {
      this.account = account;
    }

    /** Logs in with a password. */
    public Builder password(String user, String password) {
      return credentials(new Credentials.Password(user, password));
    }

    /**
     * Logs in with a key pair.
     *
     * @param privateKey the file of the unencrypted private key, PKCS #8 in PEM form
     */
    public Builder keyPair(String user, Path privateKey) {
      return credentials(new Credentials.KeyPair(user, privateKey, null));
    }

    /** Logs in with a key pair whose file is encrypted. */
    public Builder keyPair(String user, Path privateKey, String passphrase) {
      return credentials(new Credentials.KeyPair(user, privateKey, passphrase));
    }

    /** Logs in with a programmatic access token. */
    public Builder accessToken(String user, String token) {
      return credentials(new Credentials.AccessToken(user, token));
    }

    /** Logs in with an OAuth token. */
    public Builder oauth(String token) {
      return credentials(new Credentials.OAuth(token));
    }

    /** Logs in with single sign-on in this machine's web browser. */
    public Builder externalBrowser(String user) {
      return credentials(new Credentials.ExternalBrowser(user));
    }

    private Builder credentials(Credentials value) {
      checkState(credentials == null, "credentials are set twice: %s, then %s", credentials, value);
      credentials = value;
      return this;
    }

    /** Sets the address, for private links or a local server; default: by the account. */
    public Builder url(URI value) {
      url = value;
      return this;
    }

    /** Sets the role; default: the user's default role. */
    public Builder role(String value) {
      return property("role", value);
    }

    /** Sets the warehouse; default: the user's default warehouse. */
    public Builder warehouse(String value) {
      return property("warehouse", value);
    }

    /** Sets the database; default: the user's default namespace. */
    public Builder database(String value) {
      return property("db", value);
    }

    /** Sets the schema; default: the user's default namespace, or PUBLIC. */
    public Builder schema(String value) {
      return property("schema", value);
    }

    /** Sets the tag that the query history shows; default {@code refract-sdk}. */
    public Builder queryTag(String value) {
      return property("QUERY_TAG", value);
    }

    /** Sets how long a login may take, in whole seconds; default: the driver's 300 seconds. */
    public Builder loginTimeout(Duration value) {
      return property("loginTimeout", Long.toString(seconds(value, "login timeout")));
    }

    /** Sets how long a statement may run, in whole seconds; default: no limit. */
    public Builder queryTimeout(Duration value) {
      return property("queryTimeout", Long.toString(seconds(value, "query timeout")));
    }

    /** Sets how long to wait for an answer of the service, in whole seconds; default: no limit. */
    public Builder networkTimeout(Duration value) {
      return property("networkTimeout", Long.toString(seconds(value, "network timeout") * 1000));
    }

    /**
     * Sets a connection property of the driver or a session parameter.
     *
     * @param key its name, as in the driver's documentation
     * @param value its value
     */
    public Builder property(String key, String value) {
      checkArgument(!key.isBlank(), "a property needs a name");
      checkArgument(!value.isEmpty(), "the property %s must not be empty", key);
      properties.put(key, value);
      return this;
    }

    private static long seconds(Duration value, String what) {
      checkArgument(
          value.toSeconds() >= 1, "the %s must be at least one second but was %s", what, value);
      return value.toSeconds();
    }

    /**
     * Returns the configuration.
     *
     * @throws IllegalStateException when no credentials were given
     */
    public SnowflakeConfig build() {
      checkState(
          credentials != null,
          "no credentials: call password, keyPair, accessToken, oauth or externalBrowser");
      return new SnowflakeConfig(account, credentials, url, properties);
    }
  }
}
