// Cuts Tabler's style sheet down to what our pages name: node trim.mjs FROM TO. Run by the build (Assets.targets).
// A selector stays when each of its classes is named by our pages or script; a variable stays when something that stayed reads it.
// Tabler is 635 kB for every component there is; the pages use a few, and the first page of the app is to weigh under 100 KiB.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [from, to] = process.argv.slice(2);
const ours = readFileSync(join(here, "wwwroot/winnow.css"), "utf8");

const words = new Set();
for (const file of sources(here)) for (const text of texts(readFileSync(file, "utf8"), file)) for (const word of text.match(/[A-Za-z][\w-]*/g) ?? []) words.add(word);

// Where classes are named: class="…" and Class="…", whatever is computed in them, and the strings of code.
function texts(source, file) {
  const code = extname(file) === ".razor" ? source.slice(source.search(/^@code/m) < 0 ? source.length : source.search(/^@code/m)) : source;
  return [...source.matchAll(/class="/gi)].map(match => value(source, match.index + match[0].length)).concat(code.match(/"[^"\n]*"/g) ?? []);
}

function value(source, start) {
  for (let i = start, depth = 0; i < source.length; i++) {
    if (source[i] === "(") depth++;
    else if (source[i] === ")") depth--;
    else if (source[i] === '"' && depth === 0) return source.slice(start, i);
  }
  return "";
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? ["node_modules", "lib", "bin", "obj"].includes(entry.name) ? [] : sources(join(folder, entry.name))
    : extname(entry.name) === ".razor" || entry.name === "winnow.js" ? [join(folder, entry.name)] : []);
}

// Splits at a character outside of quotes and brackets.
function split(text, at) {
  const parts = [];
  let depth = 0, quote = "", start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (quote) { if (c === quote) quote = ""; }
    else if (c === '"' || c === "'") quote = c;
    else if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) {
      depth--;
      if (at === "}" && c === "}" && depth === 0) { parts.push(text.slice(start, i + 1)); start = i + 1; }
    }
    else if (c === at && depth === 0) { parts.push(text.slice(start, i)); start = i + 1; }
  }
  if (text.slice(start).trim()) parts.push(text.slice(start));
  return parts;
}

// Rules as [head, declarations] or [head, rules]; statements such as @charset have no second part.
function read(css) {
  return split(css, "}").flatMap(rule => {
    const open = rule.indexOf("{");
    if (open < 0) return [];
    const statements = rule.slice(0, open).split(";");
    const head = statements.pop().trim(), body = rule.slice(open + 1, rule.lastIndexOf("}"));
    return [{ head, rules: /^@(media|supports|container|layer)/.test(head) ? read(body) : null, lines: /^@(media|supports|container|layer)/.test(head) ? null : split(body, ";") }];
  });
}

const named = selector => {
  let plain = selector, before;
  do { before = plain; plain = plain.replace(/:(not|is|where|has)\([^()]*\)/g, ""); } while (plain !== before);
  const parts = [...plain.matchAll(/\[class[*^~]?=["']?([\w-]+)/g)].map(match => match[1]);
  return (plain.match(/\.[A-Za-z_][\w-]*/g) ?? []).every(name => words.has(name.slice(1))) && parts.every(part => words.has(part));
};

function keep(rules) {
  return rules.flatMap(rule => {
    if (rule.rules) { const inner = keep(rule.rules); return inner.length ? [{ ...rule, rules: inner }] : []; }
    if (rule.head.startsWith("@")) return [rule];
    const heads = split(rule.head, ",").filter(named);
    return heads.length ? [{ ...rule, head: heads.join(",") }] : [];
  });
}

const flat = rules => rules.flatMap(rule => rule.rules ? flat(rule.rules) : [rule]);
const refs = text => [...text.matchAll(/var\(\s*(--[\w-]+)/g)].map(match => match[1]);

function used(rules) {
  const values = new Map(), found = new Set(), next = refs(ours);
  for (const line of flat(rules).flatMap(rule => rule.lines)) {
    const name = line.match(/^\s*(--[\w-]+)\s*:/)?.[1];
    if (name) values.set(name, [...values.get(name) ?? [], ...refs(line)]);
    else next.push(...refs(line));
  }
  while (next.length) { const name = next.pop(); if (!found.has(name)) { found.add(name); next.push(...values.get(name) ?? []); } }
  return found;
}

function write(rules, variables, moves) {
  return rules.map(rule => {
    if (rule.rules) { const inner = write(rule.rules, variables, moves); return inner && `${rule.head}{${inner}}`; }
    if (rule.head.startsWith("@keyframes") && !moves.has(rule.head.split(/\s+/)[1])) return "";
    const lines = rule.lines.filter(line => { const name = line.match(/^\s*(--[\w-]+)\s*:/)?.[1]; return !name || variables.has(name); });
    return lines.length ? `${rule.head}{${lines.join(";")}}` : "";
  }).join("");
}

const css = readFileSync(from, "utf8");
const licence = css.match(/\/\*![\s\S]*?\*\//)?.[0] ?? "";
const rules = keep(read(css.replace(/\/\*[\s\S]*?\*\//g, "")));
const moves = new Set(flat(rules).filter(rule => !rule.head.startsWith("@keyframes")).flatMap(rule => rule.lines).filter(line => /animation/.test(line)).flatMap(line => line.match(/[\w-]+/g)));
const result = licence + write(rules, used(rules), moves);
if (!existsSync(to) || readFileSync(to, "utf8") !== result) writeFileSync(to, result);      // an unchanged file keeps its time, and its fingerprint
