# The rules of the floors, for floors.sh: reads CMakeLists.txt first, then every source file.
# Prints "path:line: what is wrong, and what to do" for each offence; include edges go to the file `edges`.

BEGIN {
  warning_lines = 400
  error_lines = 500
  # Which files may include a third-party header. A header that no rule names is free.
  rule("uv[.]h|libwebsockets|curl/|sqlite3|zlib|zstd|openssl/", "core/io/", "only core/io speaks to the loop, the network and the database")
  rule("cjson/", "core/base/json[.]cc", "use base/json.h")
  rule("spdlog/", "core/base/log[.]cc", "use base/log.h")
  rule("utf8proc", "core/base/text[a-z_]*[.]cc", "use base/text.h")
  rule("toml", "core/app/config", "only the configuration reads TOML")
  rule("prometheus/", "core/app/metrics[.]cc", "use app/metrics.h")
  rule("CLI/", "core/app/main", "only a main file reads a command line")
  rule("CppUTest", "tests/", "tests do not belong into the house")
}

function rule(header, place, reason) { rules++; headers[rules] = header; places[rules] = place; reasons[rules] = reason }
function offence(line, text) { print FILENAME ":" line ": " text; offences++ }

# ---- the floors, from CMakeLists.txt: coordinator_floor(name DEPENDS a b LIBRARIES ...)
FILENAME == "CMakeLists.txt" {
  sub(/#.*/, "")
  if (/^coordinator_floor\(/) declaration = ""
  if (/^coordinator_floor\(/ || declaring) { declaration = declaration " " $0; declaring = 1 }
  if (declaring && /\)/) { declare(declaration); declaring = 0 }
  next
}

function declare(text,    word, n, i, reading) {
  gsub(/.*coordinator_floor\(|\)/, "", text)
  n = split(text, word, " ")
  for (i = 2; i <= n && word[i] != "LIBRARIES"; i++) {
    if (word[i] == "DEPENDS") reading = 1
    else if (reading && !(word[i] in floors)) offence(FNR, "floor " word[1] " depends on " word[i] ", which is not declared below it")
    else if (reading) allowed[word[1], word[i]] = 1
  }
  floors[word[1]] = 1
  allowed[word[1], word[1]] = 1
}

# ---- every other file
FNR == 1 { finish(); begin() }
{ lines = FNR }
FNR == 1 || (FNR == 2 && shebang) { check_first_line() }
/^[ \t]*#[ \t]*include[ \t]*[<"]/ && cxx { check_include() }
END { FILENAME = path; finish(); exit offences > 0 }

function begin() {
  path = FILENAME
  shebang = /^#!/
  cxx = path ~ /[.](h|hpp|c|cc)$/
  split(path, part, "/")
  floor = part[1] == "core" ? part[2] : ""
  if (floor != "" && path ~ /^core\/[^\/]+\// && !(floor in floors) && floor != "shim")
    offence(1, "core/" floor " is not declared as a floor in CMakeLists.txt")
}

function finish() {
  if (path == "" || lines <= warning_lines) return
  if (lines > error_lines) { print path ":" lines ": longer than " error_lines " lines: split it by ideas"; offences++ }
  else print path ":" lines ": warning: longer than " warning_lines " lines"
}

# The first line says in a noun phrase what the file is. A .cc may leave that to its header.
function check_first_line() {
  if (FNR == 1 && shebang) return
  if (length($0) < 12) return offence(FNR, "the first line is too short to say what this file is")
  if (path ~ /[.]cc$/ && /^#include "/ && own_header($2)) return
  if (path ~ /[.](h|hpp|c|cc|mjs|js)$/ && /^\/[\/*] [A-Za-z`]/) return
  if (path ~ /[.](c|css)$/ && /^\/\* [A-Za-z`]/) return
  if (path ~ /([.]sh|[.]cmake|[.]awk|CMakeLists[.]txt)$/ && /^# [A-Za-z`]/) return
  if (path ~ /[.]html$/ && (/^<!doctype html>/ || /^<!-- /)) return
  offence(FNR, "the first line does not say in a noun phrase what this file is")
}

function own_header(name,    base) {
  gsub(/"/, "", name)
  base = path
  sub(/[.]cc$/, ".h", base)
  return substr(base, length(base) - length(name) + 1) == name
}

function check_include(    name, quoted, i, target) {
  quoted = /"/
  name = $0
  sub(/^[^<"]*[<"]/, "", name)
  sub(/[>"].*/, "", name)
  if (quoted) check_own_include(name)
  if (path ~ /^(core|plugins|include)\//)
    for (i = 1; i <= rules; i++)
      if (name ~ "^(" headers[i] ")" && path !~ "^(" places[i] ")") offence(FNR, "<" name "> does not belong here: " reasons[i])
}

function check_own_include(name,    target, part) {
  split(name, part, "/")
  target = part[1]
  if (target in floors || target == "shim") {
    if (path ~ /^core\//) print path, "core/" name > edges
    if (floor != "" && target != floor && !((floor, target) in allowed))
      offence(FNR, "floor " floor " may not include " name ": CMakeLists.txt does not let it depend on " target)
    if (path ~ /^(plugins|include)\//) offence(FNR, name " is inside the house: plugins know include/coordinator/ only")
  }
}
