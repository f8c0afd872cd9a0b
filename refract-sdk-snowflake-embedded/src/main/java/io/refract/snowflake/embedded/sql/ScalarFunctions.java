package io.refract.snowflake.embedded.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The functions that are one DuckDB expression over their arguments. The table gives, for each name
 * and number of arguments, how the arguments are converted, the kind of the result and the
 * expression.
 *
 * <p>Conversions: {@code t} text, {@code i} whole number, {@code n} number of any type, {@code r}
 * double, {@code b} truth value, {@code m} date or timestamp, {@code v} JSON, {@code j} text of
 * JSON, {@code x} unchanged, {@code u} all these of one type. Results: {@code T} text, {@code N}
 * number, {@code F} double, {@code B} truth value, {@code D} date, {@code S} timestamp, {@code M}
 * time, {@code V} JSON, {@code Y} bytes, {@code ?} unknown, {@code U} the common kind of the {@code
 * u}, a digit the kind of that argument.
 *
 * <p>Source: the pages of Snowflake's function reference with the functions' names.
 */
final class ScalarFunctions {

  private static final String TABLE =
      """
      IFF|buu|U|CASE WHEN {0} THEN {1} ELSE {2} END
      NVL|uu|U|coalesce({0}, {1})
      IFNULL|uu|U|coalesce({0}, {1})
      NVL2|xuu|U|CASE WHEN {0} IS NOT NULL THEN {1} ELSE {2} END
      ZEROIFNULL|n|0|coalesce({0}, 0)
      NULLIFZERO|n|0|nullif({0}, 0)
      BOOLAND|bb|B|({0} AND {1})
      BOOLOR|bb|B|({0} OR {1})
      BOOLXOR|bb|B|({0} <> {1})
      BOOLNOT|b|B|(NOT {0})
      UPPER|t|T|upper({0})
      LOWER|t|T|lower({0})
      INITCAP|t|T|__sf_initcap({0}, '')
      INITCAP|tt|T|__sf_initcap({0}, 'd' || {1})
      OCTET_LENGTH|t|N|octet_length(encode({0}))
      BIT_LENGTH|t|N|octet_length(encode({0})) * 8
      SUBSTR|ti|T|substr({0}, CASE WHEN {1} = 0 THEN 1 ELSE {1} END)
      SUBSTR|tii|T|substr({0}, CASE WHEN {1} = 0 THEN 1 ELSE {1} END, greatest({2}, 0))
      SUBSTRING|ti|T|substr({0}, CASE WHEN {1} = 0 THEN 1 ELSE {1} END)
      SUBSTRING|tii|T|substr({0}, CASE WHEN {1} = 0 THEN 1 ELSE {1} END, greatest({2}, 0))
      LEFT|ti|T|left({0}, greatest({1}, 0))
      RIGHT|ti|T|right({0}, greatest({1}, 0))
      TRIM|t|T|trim({0}, ' ')
      TRIM|tt|T|trim({0}, {1})
      LTRIM|t|T|ltrim({0}, ' ')
      LTRIM|tt|T|ltrim({0}, {1})
      RTRIM|t|T|rtrim({0}, ' ')
      RTRIM|tt|T|rtrim({0}, {1})
      LPAD|ti|T|lpad({0}, greatest(CAST({1} AS INTEGER), 0), ' ')
      LPAD|tit|T|lpad({0}, greatest(CAST({1} AS INTEGER), 0), {2})
      RPAD|ti|T|rpad({0}, greatest(CAST({1} AS INTEGER), 0), ' ')
      RPAD|tit|T|rpad({0}, greatest(CAST({1} AS INTEGER), 0), {2})
      REPEAT|ti|T|repeat({0}, greatest({1}, 0))
      SPACE|i|T|repeat(' ', greatest({0}, 0))
      REVERSE|t|T|reverse({0})
      REPLACE|tt|T|replace({0}, {1}, '')
      REPLACE|ttt|T|replace({0}, {1}, {2})
      TRANSLATE|ttt|T|translate({0}, {1}, {2})
      CONTAINS|tt|B|contains({0}, {1})
      STARTSWITH|tt|B|starts_with({0}, {1})
      ENDSWITH|tt|B|suffix({0}, {1})
      CHARINDEX|tt|N|instr({1}, {0})
      CHARINDEX|tti|N|CASE WHEN instr(substr({1}, {2}), {0}) = 0 THEN 0 ELSE instr(substr({1}, {2}), {0}) + {2} - 1 END
      INSERT|tiit|T|(left({0}, {1} - 1) || {3} || substr({0}, {1} + {2}))
      SPLIT|tt|V|CAST(__sf_json('SPLIT', {0}, {1}, '') AS JSON)
      SPLIT_PART|tti|T|__sf_split_part({0}, {1}, CAST({2} AS VARCHAR))
      STRTOK|t|T|__sf_strtok({0}, ' ', '1')
      STRTOK|tt|T|__sf_strtok({0}, {1}, '1')
      STRTOK|tti|T|__sf_strtok({0}, {1}, CAST({2} AS VARCHAR))
      STRTOK_TO_ARRAY|t|V|CAST(__sf_json('STRTOK', {0}, ' ', '') AS JSON)
      STRTOK_TO_ARRAY|tt|V|CAST(__sf_json('STRTOK', {0}, {1}, '') AS JSON)
      ASCII|t|N|CASE WHEN {0} = '' THEN 0 ELSE ascii({0}) END
      UNICODE|t|N|CASE WHEN {0} = '' THEN 0 ELSE unicode({0}) END
      CHR|i|T|chr(CAST({0} AS INTEGER))
      CHAR|i|T|chr(CAST({0} AS INTEGER))
      MD5|t|T|md5({0})
      MD5_HEX|t|T|md5({0})
      SHA1|t|T|sha1({0})
      SHA1_HEX|t|T|sha1({0})
      SHA2|t|T|__sf_sha2({0}, '256')
      SHA2|ti|T|__sf_sha2({0}, CAST({1} AS VARCHAR))
      SHA2_HEX|t|T|__sf_sha2({0}, '256')
      SHA2_HEX|ti|T|__sf_sha2({0}, CAST({1} AS VARCHAR))
      BASE64_DECODE_STRING|t|T|decode(from_base64({0}))
      BASE64_DECODE_BINARY|t|Y|from_base64({0})
      HEX_DECODE_STRING|t|T|decode(unhex({0}))
      HEX_DECODE_BINARY|t|Y|unhex({0})
      UUID_STRING||T|CAST(uuid() AS VARCHAR)
      EDITDISTANCE|tt|N|levenshtein({0}, {1})
      LIKE|tt|B|({0} LIKE {1})
      ILIKE|tt|B|({0} ILIKE {1})
      RLIKE|tt|B|CAST(__sf_regexp_like({0}, {1}, '') AS BOOLEAN)
      RLIKE|ttt|B|CAST(__sf_regexp_like({0}, {1}, {2}) AS BOOLEAN)
      REGEXP_LIKE|tt|B|CAST(__sf_regexp_like({0}, {1}, '') AS BOOLEAN)
      REGEXP_LIKE|ttt|B|CAST(__sf_regexp_like({0}, {1}, {2}) AS BOOLEAN)
      REGEXP_COUNT|tt|N|CAST(__sf_regexp('COUNT', {0}, {1}, '', '1', '0', '', '0') AS BIGINT)
      REGEXP_COUNT|tti|N|CAST(__sf_regexp('COUNT', {0}, {1}, '', CAST({2} AS VARCHAR), '0', '', '0') AS BIGINT)
      REGEXP_COUNT|ttit|N|CAST(__sf_regexp('COUNT', {0}, {1}, '', CAST({2} AS VARCHAR), '0', {3}, '0') AS BIGINT)
      REGEXP_REPLACE|tt|T|__sf_regexp('REPLACE', {0}, {1}, '', '1', '0', '', '0')
      REGEXP_REPLACE|ttt|T|__sf_regexp('REPLACE', {0}, {1}, {2}, '1', '0', '', '0')
      REGEXP_REPLACE|ttti|T|__sf_regexp('REPLACE', {0}, {1}, {2}, CAST({3} AS VARCHAR), '0', '', '0')
      REGEXP_REPLACE|tttii|T|__sf_regexp('REPLACE', {0}, {1}, {2}, CAST({3} AS VARCHAR), CAST({4} AS VARCHAR), '', '0')
      REGEXP_REPLACE|tttiit|T|__sf_regexp('REPLACE', {0}, {1}, {2}, CAST({3} AS VARCHAR), CAST({4} AS VARCHAR), {5}, '0')
      REGEXP_SUBSTR|tt|T|__sf_regexp('SUBSTR', {0}, {1}, '', '1', '1', '', '-1')
      REGEXP_SUBSTR|tti|T|__sf_regexp('SUBSTR', {0}, {1}, '', CAST({2} AS VARCHAR), '1', '', '-1')
      REGEXP_SUBSTR|ttii|T|__sf_regexp('SUBSTR', {0}, {1}, '', CAST({2} AS VARCHAR), CAST({3} AS VARCHAR), '', '-1')
      REGEXP_SUBSTR|ttiit|T|__sf_regexp('SUBSTR', {0}, {1}, '', CAST({2} AS VARCHAR), CAST({3} AS VARCHAR), {4}, '-1')
      REGEXP_SUBSTR|ttiiti|T|__sf_regexp('SUBSTR', {0}, {1}, '', CAST({2} AS VARCHAR), CAST({3} AS VARCHAR), {4}, CAST({5} AS VARCHAR))
      REGEXP_INSTR|tt|N|CAST(__sf_regexp('INSTR', {0}, {1}, '', '1', '1', '', '0') AS BIGINT)
      REGEXP_INSTR|tti|N|CAST(__sf_regexp('INSTR', {0}, {1}, '', CAST({2} AS VARCHAR), '1', '', '0') AS BIGINT)
      REGEXP_INSTR|ttii|N|CAST(__sf_regexp('INSTR', {0}, {1}, '', CAST({2} AS VARCHAR), CAST({3} AS VARCHAR), '', '0') AS BIGINT)
      ABS|n|0|abs({0})
      SIGN|n|N|sign({0})
      TIME_FROM_PARTS|iii|M|(TIME '00:00:00' + to_hours({0}) + to_minutes({1}) + to_seconds({2}))
      TIMEFROMPARTS|iii|M|(TIME '00:00:00' + to_hours({0}) + to_minutes({1}) + to_seconds({2}))
      ARRAY_SORT|j|V|CAST(__sf_json('SORT', {0}, '', '') AS JSON)
      ARRAY_FLATTEN|j|V|CAST(__sf_json('FLATTEN', {0}, '', '') AS JSON)
      ARRAY_REMOVE|jj|V|CAST(__sf_json('REMOVE', {0}, {1}, '') AS JSON)
      CEIL|n|0|ceil({0})
      CEILING|n|0|ceil({0})
      FLOOR|n|0|floor({0})
      ROUND|n|0|round({0})
      SQRT|r|F|sqrt({0})
      CBRT|r|F|cbrt({0})
      SQUARE|r|F|({0} * {0})
      EXP|r|F|exp({0})
      LN|r|F|ln({0})
      LOG|rr|F|log({0}, {1})
      POWER|rr|F|power({0}, {1})
      POW|rr|F|power({0}, {1})
      PI||F|pi()
      SIN|r|F|sin({0})
      COS|r|F|cos({0})
      TAN|r|F|tan({0})
      COT|r|F|cot({0})
      ASIN|r|F|asin({0})
      ACOS|r|F|acos({0})
      ATAN|r|F|atan({0})
      ATAN2|rr|F|atan2({0}, {1})
      SINH|r|F|sinh({0})
      COSH|r|F|cosh({0})
      TANH|r|F|tanh({0})
      DEGREES|r|F|degrees({0})
      RADIANS|r|F|radians({0})
      FACTORIAL|i|N|factorial(CAST({0} AS INTEGER))
      BITAND|ii|N|({0} & {1})
      BITOR|ii|N|({0} | {1})
      BITXOR|ii|N|xor({0}, {1})
      BITNOT|i|N|(~{0})
      BITSHIFTLEFT|ii|N|({0} << {1})
      BITSHIFTRIGHT|ii|N|({0} >> {1})
      RANDOM||N|CAST((random() - 0.5) * 18446744073709549568 AS BIGINT)
      DAYNAME|m|T|left(dayname({0}), 3)
      MONTHNAME|m|T|left(monthname({0}), 3)
      DATE_FROM_PARTS|iii|D|CAST(make_date({0}, 1, 1) + to_months(CAST({1} - 1 AS INTEGER)) + to_days(CAST({2} - 1 AS INTEGER)) AS DATE)
      DATEFROMPARTS|iii|D|CAST(make_date({0}, 1, 1) + to_months(CAST({1} - 1 AS INTEGER)) + to_days(CAST({2} - 1 AS INTEGER)) AS DATE)
      TIMESTAMP_NTZ_FROM_PARTS|iiiiii|S|(make_timestamp({0}, 1, 1, 0, 0, 0) + to_months(CAST({1} - 1 AS INTEGER)) + to_days(CAST({2} - 1 AS INTEGER)) + to_hours({3}) + to_minutes({4}) + to_seconds({5}))
      TIMESTAMP_FROM_PARTS|iiiiii|S|(make_timestamp({0}, 1, 1, 0, 0, 0) + to_months(CAST({1} - 1 AS INTEGER)) + to_days(CAST({2} - 1 AS INTEGER)) + to_hours({3}) + to_minutes({4}) + to_seconds({5}))
      CONVERT_TIMEZONE|ttm|S|((CAST({2} AS TIMESTAMP) AT TIME ZONE {0}) AT TIME ZONE {1})
      PARSE_JSON|t|V|CAST(__sf_json('PARSE', {0}, '', '') AS JSON)
      PARSE_JSON|tt|V|CAST(__sf_json('PARSE', {0}, {1}, '') AS JSON)
      TRY_PARSE_JSON|tt|V|CAST(__sf_json('TRY_PARSE', {0}, {1}, '') AS JSON)
      TRY_PARSE_JSON|t|V|CAST(__sf_json('TRY_PARSE', {0}, '', '') AS JSON)
      CHECK_JSON|t|T|__sf_json('CHECK', {0}, '', '')
      TO_JSON|v|T|CAST({0} AS VARCHAR)
      TYPEOF|j|T|__sf_json('TYPEOF', {0}, '', '')
      IS_NULL_VALUE|j|B|({0} = 'null')
      IS_ARRAY|j|B|(__sf_json('TYPEOF', {0}, '', '') = 'ARRAY')
      IS_OBJECT|j|B|(__sf_json('TYPEOF', {0}, '', '') = 'OBJECT')
      IS_VARCHAR|j|B|(__sf_json('TYPEOF', {0}, '', '') = 'VARCHAR')
      IS_CHAR|j|B|(__sf_json('TYPEOF', {0}, '', '') = 'VARCHAR')
      IS_BOOLEAN|j|B|(__sf_json('TYPEOF', {0}, '', '') = 'BOOLEAN')
      IS_INTEGER|j|B|(__sf_json('TYPEOF', {0}, '', '') = 'INTEGER')
      IS_DECIMAL|j|B|(__sf_json('TYPEOF', {0}, '', '') IN ('INTEGER', 'DECIMAL'))
      IS_DOUBLE|j|B|(__sf_json('TYPEOF', {0}, '', '') IN ('INTEGER', 'DECIMAL', 'DOUBLE'))
      IS_REAL|j|B|(__sf_json('TYPEOF', {0}, '', '') IN ('INTEGER', 'DECIMAL', 'DOUBLE'))
      AS_VARCHAR|j|T|CASE WHEN __sf_json('TYPEOF', {0}, '', '') = 'VARCHAR' THEN __sf_cast('TEXT', {0}, 'JSON', '', '0') END
      AS_CHAR|j|T|CASE WHEN __sf_json('TYPEOF', {0}, '', '') = 'VARCHAR' THEN __sf_cast('TEXT', {0}, 'JSON', '', '0') END
      AS_BOOLEAN|j|B|CASE WHEN __sf_json('TYPEOF', {0}, '', '') = 'BOOLEAN' THEN CAST({0} AS BOOLEAN) END
      AS_INTEGER|j|N|CASE WHEN __sf_json('TYPEOF', {0}, '', '') = 'INTEGER' THEN CAST({0} AS DECIMAL(38,0)) END
      AS_DOUBLE|j|F|CASE WHEN __sf_json('TYPEOF', {0}, '', '') IN ('INTEGER', 'DECIMAL', 'DOUBLE') THEN CAST({0} AS DOUBLE) END
      AS_REAL|j|F|CASE WHEN __sf_json('TYPEOF', {0}, '', '') IN ('INTEGER', 'DECIMAL', 'DOUBLE') THEN CAST({0} AS DOUBLE) END
      AS_ARRAY|j|V|CASE WHEN __sf_json('TYPEOF', {0}, '', '') = 'ARRAY' THEN CAST({0} AS JSON) END
      AS_OBJECT|j|V|CASE WHEN __sf_json('TYPEOF', {0}, '', '') = 'OBJECT' THEN CAST({0} AS JSON) END
      GET_PATH|jt|V|CAST(__sf_json('PATH', {0}, {1}, '') AS JSON)
      ARRAY_SIZE|j|N|CAST(__sf_json('SIZE', {0}, '', '') AS BIGINT)
      OBJECT_KEYS|j|V|CAST(__sf_json('KEYS', {0}, '', '') AS JSON)
      OBJECT_DELETE|jt|V|CAST(__sf_json('DELETE', {0}, {1}, '') AS JSON)
      ARRAY_CONTAINS|jj|B|CAST(__sf_json('CONTAINS', {1}, {0}, '') AS BOOLEAN)
      ARRAY_POSITION|jj|N|CAST(__sf_json('POSITION', {1}, {0}, '') AS BIGINT)
      ARRAY_APPEND|jj|V|CAST(__sf_json('APPEND', {0}, {1}, '') AS JSON)
      ARRAY_PREPEND|jj|V|CAST(__sf_json('PREPEND', {0}, {1}, '') AS JSON)
      ARRAY_CAT|jj|V|CAST(__sf_json('CAT', {0}, {1}, '') AS JSON)
      ARRAY_SLICE|jii|V|CAST(__sf_json('SLICE', {0}, CAST({1} AS VARCHAR), CAST({2} AS VARCHAR)) AS JSON)
      ARRAY_TO_STRING|jt|T|__sf_json('JOIN', {0}, {1}, '')
      ARRAY_DISTINCT|j|V|CAST(__sf_json('DISTINCT', {0}, '', '') AS JSON)
      ARRAY_COMPACT|j|V|CAST(__sf_json('COMPACT', {0}, '', '') AS JSON)
      ARRAY_INTERSECTION|jj|V|CAST(__sf_json('INTERSECTION', {0}, {1}, '') AS JSON)
      ARRAY_EXCEPT|jj|V|CAST(__sf_json('EXCEPT', {0}, {1}, '') AS JSON)
      ARRAYS_OVERLAP|jj|B|CAST(__sf_json('OVERLAP', {0}, {1}, '') AS BOOLEAN)
      STRIP_NULL_VALUE|v|V|CASE WHEN CAST({0} AS VARCHAR) = 'null' THEN NULL ELSE {0} END
      """;

  private record Form(String conversions, char result, String template) {}

  private static final Map<String, Map<Integer, Form>> FORMS = new HashMap<>();

  static {
    for (String line : TABLE.split("\n")) {
      String[] parts = line.split("\\|", 4);
      FORMS
          .computeIfAbsent(parts[0], name -> new HashMap<>())
          .put(parts[1].length(), new Form(parts[1], parts[2].charAt(0), parts[3]));
    }
  }

  private ScalarFunctions() {}

  static boolean isFunction(String name) {
    return FORMS.containsKey(name);
  }

  static Set<String> names() {
    return new TreeSet<>(FORMS.keySet());
  }

  static Expr call(String name, List<Expr> arguments) {
    Map<Integer, Form> forms = FORMS.getOrDefault(name, Map.of());
    Form form = forms.get(arguments.size());
    if (form == null) {
      throw SqlError.argumentCount(
          name, new TreeSet<>(forms.keySet()).toString(), arguments.size());
    }
    List<Expr> common = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      if (form.conversions().charAt(i) == 'u') {
        common.add(arguments.get(i));
      }
    }
    Unified unified = Unified.of(common);
    String sql = form.template();
    int next = 0;
    List<String> converted = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      char conversion = form.conversions().charAt(i);
      converted.add(
          conversion == 'u' ? unified.sql().get(next++) : convert(conversion, arguments.get(i)));
    }
    // Placeholders are replaced in one pass: an argument may itself hold a text like {0}.
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '{' && i + 2 < sql.length() && sql.charAt(i + 2) == '}') {
        result.append(converted.get(sql.charAt(i + 1) - '0'));
        i += 2;
      } else {
        result.append(c);
      }
    }
    boolean plain = sql.startsWith("(") || sql.matches("\\w+\\([^()]*\\)");
    String text = plain ? result.toString() : "(" + result + ")";
    return Expr.of(text, kind(form.result(), arguments, unified));
  }

  private static String convert(char conversion, Expr e) {
    return switch (conversion) {
      case 't' -> Casts.text(e);
      case 'i' -> Casts.integer(e);
      case 'n' -> Casts.numeric(e);
      case 'r' -> Casts.real(e);
      case 'b' -> Casts.truth(e);
      case 'm' -> Casts.moment(e);
      case 'v' -> Casts.variant(e);
      case 'j' -> "CAST(" + Casts.variant(e) + " AS VARCHAR)";
      default -> e.typed();
    };
  }

  private static Kind kind(char result, List<Expr> arguments, Unified unified) {
    return switch (result) {
      case 'T' -> Kind.TEXT;
      case 'N' -> Kind.NUMBER;
      case 'F' -> Kind.FLOAT;
      case 'B' -> Kind.BOOLEAN;
      case 'D' -> Kind.DATE;
      case 'S' -> Kind.TIMESTAMP;
      case 'M' -> Kind.TIME;
      case 'V' -> Kind.VARIANT;
      case 'Y' -> Kind.BINARY;
      case 'U' -> unified.kind();
      case '?' -> Kind.UNKNOWN;
      default -> {
        Expr same = arguments.get(result - '0');
        yield same.isText() || same.isVariant() ? Kind.FLOAT : same.kind();
      }
    };
  }
}
