// Cheap syntax colouring: comments, strings, numbers, keywords. Wrong now and then, never unsafe, never slow.

const KEYWORDS = {
  c: "alignas auto bool break case catch char class concept const constexpr continue default delete do double else enum explicit " +
    "export extern false float for friend goto if import inline int long module mutable namespace new noexcept nullptr operator " +
    "override private protected public register return short signed sizeof static struct switch template this throw true try " +
    "typedef typename union unsigned using virtual void volatile while",
  js: "async await break case catch class const continue debugger default delete do else export extends false finally for from " +
    "function if import in instanceof interface let new null of return static super switch this throw true try type typeof " +
    "undefined var void while yield",
  python: "and as assert async await break class continue def del elif else except False finally for from global if import in is " +
    "lambda None nonlocal not or pass raise return self True try while with yield",
  shell: "case do done echo elif else esac exit export fi for function if in local read return set shift then trap unset while",
  rust: "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub " +
    "ref return self Self static struct super trait true type unsafe use where while",
  go: "break case chan const continue default defer else fallthrough false for func go goto if import interface map nil package " +
    "range return select struct switch true type var",
  sql: "add all alter and as asc begin by case commit constraint create default delete desc distinct drop else end exists foreign " +
    "from group having in index inner insert into is join key left like limit not null on or order primary references " +
    "rollback select set table then union unique update values view when where",
  data: "true false null yes no on off",
};

const FAMILIES = {
  c: ["c", "h", "cc", "cpp", "c++", "hpp", "cxx", "cs", "csharp", "java", "kotlin", "swift"],
  js: ["js", "javascript", "mjs", "jsx", "ts", "tsx", "typescript"],
  python: ["py", "python"],
  shell: ["sh", "bash", "shell", "zsh", "console", "dockerfile", "make", "makefile", "cmake"],
  rust: ["rs", "rust"],
  go: ["go"],
  sql: ["sql", "sqlite"],
  data: ["json", "yaml", "yml", "toml", "ini", "xml", "html", "css"],
};

const COMMENTS = {
  c: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y,
  js: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y,
  rust: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y,
  go: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y,
  python: /#[^\n]*/y,
  shell: /#[^\n]*/y,
  sql: /--[^\n]*/y,
  data: /#[^\n]*|<!--[^]*?(?:-->|$)|\/\*[^]*?(?:\*\/|$)/y,
};

const STRING = /"""[^]*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?/y;
const NUMBER = /\b(?:0x[\da-f_]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?)\w*/iy;
const WORD = /[A-Za-z_$][\w$]*/y;

const familyOf = (language) => Object.keys(FAMILIES).find((family) => FAMILIES[family].includes(language.toLowerCase()));

// [{kind, text}], which joined are the code; kind is "" for what has no colour.
export function highlight(code, language) {
  if (/^(diff|patch)$/i.test(language)) return diff(code);
  const family = familyOf(language);
  if (!family || code.length > 20000) return [{ kind: "", text: code }];
  const words = new Set(KEYWORDS[family].split(" "));
  const tokens = [];
  for (let at = 0; at < code.length; ) {
    const token = tokenAt(code, at, family, words);
    const last = tokens[tokens.length - 1];
    if (last && last.kind === token.kind) last.text += token.text;
    else tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(code, at, family, words) {
  const inWord = at > 0 && /[\w$]/.test(code[at - 1]);
  const text = (pattern) => {
    pattern.lastIndex = at;
    return pattern.exec(code)?.[0];
  };
  const comment = !(family === "shell" && inWord) && text(COMMENTS[family]);
  if (comment) return { kind: "comment", text: comment };
  const string = text(STRING);
  if (string && string.length > 1) return { kind: "string", text: string };
  const number = !inWord && text(NUMBER);
  if (number) return { kind: "number", text: number };
  const word = text(WORD);
  if (!word) return { kind: "", text: code[at] };
  if (words.has(family === "sql" ? word.toLowerCase() : word)) return { kind: "keyword", text: word };
  return { kind: code[at + word.length] === "(" ? "call" : "", text: word };
}

function diff(code) {
  return code.split(/(?<=\n)/).map((line) => ({
    kind: line.startsWith("+") ? "inserted" : line.startsWith("-") ? "deleted" : line.startsWith("@@") ? "comment" : "",
    text: line,
  }));
}
