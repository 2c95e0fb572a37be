// The playground's control interface: requests by fetch, changes by a websocket that comes back by itself.

// Resolves to the answer's JSON; rejects with the playground's own sentence.
async function request(method, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.error ?? `The playground answered ${answer.status}.`);
  return json;
}

export const control = {
  messages: (channel, before) =>
    request("GET", `messages?channel=${channel}&limit=50${before ? `&before=${before}` : ""}`),
  send: (body) => request("POST", "messages", body),
  edit: (channel, message, content) => request("PATCH", "messages", { channel, message, content }),
  remove: (channel, message) => request("DELETE", "messages", { channel, message }),
  react: (body) => request("POST", "reactions", body),
  typing: (channel, user) => request("POST", "typing", { channel, user }),
  channel: (name, guild) => request("POST", "channels", { name, guild }),
  thread: (body) => request("POST", "threads", body),
  run: (body) => request("POST", "commands/run", body),
  autocomplete: (body) => request("POST", "commands/autocomplete", body),
  press: (body) => request("POST", "components/press", body),
  submit: (body) => request("POST", "modals/submit", body),
};

const FIRST_DELAY = 500;
const LONGEST_DELAY = 8000;

// Calls onChange for every change and onState("open" | "closed"). After a break the first change is hello again.
export function connect(onChange, onState) {
  let delay = FIRST_DELAY;
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/control/stream`);
    socket.onopen = () => {
      delay = FIRST_DELAY;
      onState("open");
    };
    socket.onmessage = (event) => onChange(JSON.parse(event.data));
    socket.onclose = () => {
      onState("closed");
      setTimeout(open, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    };
  };
  open();
}
