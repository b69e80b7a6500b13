// The Solidity compiler as a program with one option, --standard-json: input on standard input, output and nothing
// else on standard output. The compiler's own command prints more than that.

const { createRequire } = require("node:module");
const { join } = require("node:path");
const { readFileSync } = require("node:fs");

const project = createRequire(join(__dirname, "..", "hardhat-devnet", "package.json"));
const solc = project("solc");

if (process.argv[2] === "--version") {
  process.stdout.write(`Version: ${solc.version()}\n`);
} else if (process.argv[2] === "--standard-json") {
  process.stdout.write(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write("usage: solc.cjs --version | --standard-json\n");
  process.exitCode = 2;
}
