package io.refract.snowflake.embedded.sql;

import java.util.List;

/** What a statement is, told by its first words. */
public enum StatementKind {
  /** SELECT, WITH or VALUES. */
  QUERY,
  /** INSERT. */
  INSERT,
  /** UPDATE. */
  UPDATE,
  /** DELETE. */
  DELETE,
  /** MERGE. */
  MERGE,
  /** CREATE of any object. */
  CREATE,
  /** ALTER of any object but the session. */
  ALTER,
  /** ALTER SESSION. */
  ALTER_SESSION,
  /** DROP of any object. */
  DROP,
  /** UNDROP of any object. */
  UNDROP,
  /** TRUNCATE. */
  TRUNCATE,
  /** COMMENT ON. */
  COMMENT,
  /** BEGIN, START TRANSACTION, COMMIT, ROLLBACK. */
  TRANSACTION,
  /** USE. */
  USE,
  /** SHOW. */
  SHOW,
  /** DESCRIBE, DESC. */
  DESCRIBE,
  /** EXPLAIN. */
  EXPLAIN,
  /** SET, UNSET of session variables. */
  SET,
  /** COPY INTO. */
  COPY,
  /** PUT. */
  PUT,
  /** GET. */
  GET,
  /** LIST, LS. */
  LIST,
  /** REMOVE, RM. */
  REMOVE,
  /** GRANT, REVOKE. */
  GRANT,
  /** CALL. */
  CALL,
  /** EXECUTE. */
  EXECUTE,
  /** Anything else. */
  OTHER;

  /** Tells what the tokens of a statement start. */
  static StatementKind of(List<Token> tokens) {
    Token first = tokens.get(0);
    if (first.isOperator("(")) {
      for (Token token : tokens) {
        if (!token.isOperator("(")) {
          return token.isWord("SELECT") || token.isWord("WITH") || token.isWord("VALUES")
              ? QUERY
              : OTHER;
        }
      }
      return OTHER;
    }
    if (first.kind() != Token.Kind.WORD) {
      return OTHER;
    }
    boolean session = tokens.size() > 1 && tokens.get(1).isWord("SESSION");
    return switch (first.value()) {
      case "SELECT", "WITH", "VALUES" -> QUERY;
      case "INSERT" -> INSERT;
      case "UPDATE" -> UPDATE;
      case "DELETE" -> DELETE;
      case "MERGE" -> MERGE;
      case "CREATE" -> CREATE;
      case "ALTER" -> session ? ALTER_SESSION : ALTER;
      case "DROP" -> DROP;
      case "UNDROP" -> UNDROP;
      case "TRUNCATE" -> TRUNCATE;
      case "COMMENT" -> COMMENT;
      case "BEGIN", "START", "COMMIT", "ROLLBACK" -> TRANSACTION;
      case "USE" -> USE;
      case "SHOW" -> SHOW;
      case "DESCRIBE", "DESC" -> DESCRIBE;
      case "EXPLAIN" -> EXPLAIN;
      case "SET", "UNSET" -> SET;
      case "COPY" -> COPY;
      case "PUT" -> PUT;
      case "GET" -> GET;
      case "LIST", "LS" -> LIST;
      case "REMOVE", "RM" -> REMOVE;
      case "GRANT", "REVOKE" -> GRANT;
      case "CALL" -> CALL;
      case "EXECUTE" -> EXECUTE;
      default -> OTHER;
    };
  }
}
