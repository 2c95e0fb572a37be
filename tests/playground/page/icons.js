// The page's few signs, drawn as lines, so that they look alike where no emoji font is installed.

const PATHS = {
  react: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14.5c1.8 2.3 5.2 2.3 7 0M9 9.5v.6M15 9.5v.6",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  thread: "M5 4h14v10H10l-5 4zM9 8h6M9 11h4",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  app: "M13 3 5 13h6l-1 8 8-10h-6z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M4 12 20 4l-5 16-3.5-6.5zM11.5 13.5 20 4",
  plus: "M12 5v14M5 12h14",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
