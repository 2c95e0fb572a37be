// Moments as a chat shows them, in the reader's own language and zone.

const format = (options) => {
  const formatter = new Intl.DateTimeFormat(undefined, options);
  return (date) => formatter.format(date);
};

const STYLES = {
  t: format({ timeStyle: "short" }),
  T: format({ timeStyle: "medium" }),
  d: format({ dateStyle: "short" }),
  D: format({ dateStyle: "long" }),
  f: format({ dateStyle: "long", timeStyle: "short" }),
  F: format({ dateStyle: "full", timeStyle: "short" }),
  s: format({ dateStyle: "short", timeStyle: "short" }),
  S: format({ dateStyle: "short", timeStyle: "medium" }),
};

const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export function relativeTime(date, now) {
  const seconds = (date.getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? UNITS[UNITS.length - 1];
  return relative.format(Math.round(seconds / size), unit);
}

// Discord's <t:seconds:style>; {text, title}.
export function timestamp(seconds, style, now) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return { text: "an impossible date", title: "" };
  return { text: style === "R" ? relativeTime(date, now) : (STYLES[style] ?? STYLES.f)(date), title: STYLES.F(date) };
}

export const clockTime = STYLES.t;
export const fullTime = STYLES.F;

const sameDay = (a, b) => a.toDateString() === b.toDateString();

export function messageTime(date, now) {
  const today = new Date(now);
  if (sameDay(date, today)) return `Today at ${STYLES.t(date)}`;
  const yesterday = new Date(now - 86400000);
  return sameDay(date, yesterday) ? `Yesterday at ${STYLES.t(date)}` : STYLES.s(date);
}

export const dayName = STYLES.D;
export { sameDay };
