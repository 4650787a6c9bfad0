// Makes wwwroot/icons.svg, the sprite with the icons our pages use. Run it after changing the list:
//   npm install --no-save @tabler/icons@3.44.0 && node icons.mjs && npm ci
// The icon set is large and changes nothing at run time, so it is not in package.json.
import { readFileSync, writeFileSync } from "node:fs";

const names = `
alert-triangle archive arrow-back-up arrow-down arrow-left arrow-up arrow-right ban bell building calendar check chevron-down chevron-left
chevron-right circle-check circle-x clock columns-3 copy database-import device-desktop dots download edit eye file-text filter folder folder-minus folder-plus forms
gauge help history inbox info-circle key list-check list-details lock logout mail mail-check mail-off mail-opened mail-share mail-x menu-2
message-circle minus moon player-pause player-play playlist-add plus progress-check refresh search send server settings
shield-bolt sitemap sun tag test-pipe transfer trash upload user user-plus users user-x x world click pencil hash forbid
`.trim().split(/\s+/).sort();

const symbol = name => {
  const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const body = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>/, "").replace("</svg>", "")
    .replace(/\s*\n\s*/g, "").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
};

writeFileSync("wwwroot/icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">
<!-- Tabler Icons 3, MIT licence, (c) Pawel Kuna. Made by icons.mjs. -->
${[...new Set(names)].map(symbol).join("\n")}
</svg>
`);
