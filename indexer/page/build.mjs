/**
 * Bundles the page: `node build.mjs` writes dist/, `node build.mjs --check` compares it with what is committed.
 *
 * The same sources and the same esbuild give the same bytes anywhere, so the committed files can be believed.
 */
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { minify } from "terser";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIMIT = 60_000; // bytes, compressed: what a phone on a poor line may be asked to load
const NOTICE = "/*! Suyuan, Apache-2.0. Contains @noble/curves and @noble/hashes, MIT, (c) Paul Miller. */";

async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  const { contents, text } = outputFiles[0];
  if (!entry.endsWith(".ts")) return contents;
  // What esbuild leaves, a second minifier shrinks by another 3 % compressed.
  const { code } = await minify(text, { ecma: 2020, compress: { passes: 3 }, format: { preamble: NOTICE } });
  return Buffer.from(code + "\n");
}

function committed(path) {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

const made = { "verify.js": await bundle("src/page.ts"), "verify.css": await bundle("src/verify.css") };
const total = Object.values(made).reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
console.log(`${Object.keys(made).join(" + ")}: ${total} bytes compressed`);
if (total > LIMIT) {
  console.error(`more than ${LIMIT}`);
  process.exitCode = 1;
}
mkdirSync(join(HERE, "dist"), { recursive: true });
for (const [name, bytes] of Object.entries(made)) {
  const path = join(HERE, "dist", name);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, bytes);
  } else if (!committed(path).equals(Buffer.from(bytes))) {
    console.error(`dist/${name} is not what the sources make; run: npm run build -w @suyuan/page`);
    process.exitCode = 1;
  }
}
