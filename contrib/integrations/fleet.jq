# What the integrations make of a summary. Each script beside this shows the same facts in its own way.

# A text as it may be shown anywhere: on one line, without characters that steer what shows it, and not endless.
def shown:
  gsub("[\\p{Cc}\\p{Zl}\\p{Zp}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}\\x{FEFF}]"; "?")
  | if length > 40 then .[:39] + "…" else . end;

# A text inside Pango or other XML markup.
def markup: gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;") | gsub("'"; "&#39;") | gsub("\""; "&quot;");

# A share in words: it never promises more than there is, and never hides a rest.
def percent: if . > 0 and . < 1 then "<1 %" else "\([., 0] | max | floor) %" end;

# A span of seconds in words.
def span:
  floor
  | if . < 60 then "less than 1 min"
    elif . < 3600 then "\(. / 60 | floor) min"
    elif . < 86400 then "\(. / 3600 | floor) h \(. % 3600 / 60 | floor) min"
    else "\(. / 86400 | floor) d \(. % 86400 / 3600 | floor) h" end;

# The Unix seconds of an instant of the daemon.
def instant: sub("\\.[0-9]+Z$"; "Z") | fromdateiso8601;

# The windows of an account that say something, the shortest first, with their names.
def windows:
  [{name: "primary", window: .primary}, {name: "secondary", window: .secondary}, {name: "monthly", window: .monthly}]
  | map(select(.window.remainingPercent != null));

# What is left of an account: the least of its windows; null when none is known or the key may not see them.
def share: windows | map(.window.remainingPercent) | min;

# When the last of an account's empty windows fills again, in Unix seconds; null when that is not known.
def reset: windows | map(select(.window.remainingPercent <= 0).window.resetAt | strings | instant) | max;

# The account in words, without its name.
def state:
  if .status != "active" then
    (.status | gsub("_"; " ") | shown) + (reset as $reset | if $reset and $reset > now then ", resets in " + ($reset - now | span) else "" end)
  elif share == null then "active, usage unknown"
  else windows | map("\(.window.remainingPercent | percent)") | join(" / ") end;

# The fleet as a whole: `text` in a few signs, `class` in one word, `percent` of the account with the most left.
#
# Its share is that of the best usable account: as long as one has quota, work can go on.
def verdict:
  if .failure then
    {class: .failure.class, text: "–", percent: 0, headline: (.failure.message | gsub("\\s+"; " ") | .[:400])}
  else
    (.accounts | map(select(.status == "active"))) as $usable
    | ($usable | map(share | numbers) | max) as $best
    | "\($usable | length) of \(.accounts | length) accounts usable" as $count
    | if .accounts == [] then {class: "empty", text: "–", percent: 0, headline: "no accounts that this key may see"}
      elif $usable == [] then {class: "exhausted", text: "0 %", percent: 0, headline: $count}
      elif $best == null then {class: "unknown", text: "?", percent: 0, headline: "\($count), usage unknown"}
      else
        {class: (if $best >= 50 then "good" elif $best >= 20 then "medium" else "low" end),
          text: ($best | percent), percent: ([$best, 0] | max | floor), headline: $count}
      end
  end;

# The accounts, those with the most left first: `name` and `state`.
def rows: .accounts // [] | sort_by(.status != "active", -(share // -1)) | map({name: (.displayName | shown), state: state});
