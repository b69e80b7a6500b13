// Serves a chain that lasts on 127.0.0.1 until standard input ends: anvil behind a door that writes first.
//
// Usage: node anvil.js FILE PORT. FILE is the chain. Its first line, made by who draws the chain's accounts, is
// {"chainId": …, "genesis": …}; each further line is one transaction as it was sent, the time of its block and the
// parent of that block. A line is on disk before anvil hears of it, so nothing that anybody ever saw can be lost, and
// what stands in the file makes the same blocks again, hash for hash: anvil itself keeps nothing. Once it listens it
// prints one line of JSON, {"port": …, "blocks": …}. It ends with 70 if the file does not make the chain it once made.

import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";

const PERSON = 70; // exit status: no retry mends it
const LARGEST = 8 << 20; // bytes of one request
// States kept for questions about the past. Each holds the hashes of all blocks before it.
const STATES = "64";
// The guard's input is a pipe of ours: when we are killed it ends, and so does anvil.
const GUARD = '"$@" </dev/null & server=$!; exec >&- 2>&-; read -r _; kill -KILL $server; wait $server';

const [file, port = "0"] = process.argv.slice(2);

class Unlike extends Error {}

/** A running anvil, gone with us. */
class Anvil {
  static async start(chainId, genesis) {
    const init = `${file}.genesis`;
    fs.writeFileSync(init, JSON.stringify(genesis), { mode: 0o600 });
    const given = ["--host", "127.0.0.1", "--port", "0", "--accounts", "0", "--no-mining", "--order", "fifo"];
    given.push("--hardfork", "paris", "--chain-id", String(chainId), "--init", init, "--prune-history", STATES);
    given.push("--gas-limit", String(Number(genesis.gasLimit))); // the genesis file's own is not heeded
    const guard = spawn("/bin/sh", ["-c", GUARD, "anvil", binary(), ...given], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { HOME: "/nonexistent", NO_COLOR: "1" },
    });
    guard.stdin.on("error", () => {});
    const anvil = new Anvil();
    anvil.guard = guard;
    anvil.ended = new Promise((resolve) => guard.stdout.on("close", resolve));
    anvil.port = await listening(guard.stdout, anvil.ended);
    anvil.agent = new http.Agent({ keepAlive: true });
    return anvil;
  }

  stop() {
    this.guard.stdin.end();
  }

  /** Pass a body on and return the answer's text. */
  post(body) {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.port, method: "POST", agent: this.agent };
      const request = http.request({ ...options, headers: { "content-type": "application/json" } }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part) => (text += part));
        answer.on("end", () => resolve(text)).on("error", reject);
      });
      request.on("error", reject).end(body);
    });
  }

  /** Ask one question; the answer has `result` or `error`. */
  async ask(method, ...params) {
    return JSON.parse(await this.post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })));
  }

  /** Make a block of one transaction; the answer has `error` if it was refused, and there is no block. */
  async mine(raw, time) {
    const sent = await this.ask("eth_sendRawTransaction", raw);
    if (sent.error) return sent;
    const mined = await this.ask("evm_mine", time);
    if (mined.error) throw new Unlike(`no block at ${time}: ${mined.error.message}`);
    return sent;
  }

  async tip() {
    const block = (await this.ask("eth_getBlockByNumber", "latest", false)).result;
    return { hash: block.hash, time: Number(block.timestamp), number: Number(block.number) };
  }
}

/** The file, anvil over it, and what was sent before. Sending is one at a time, in the file's order. */
class Chain {
  static async open() {
    const chain = new Chain();
    chain.turn = Promise.resolve();
    chain.handle = fs.openSync(file, "r+");
    const lines = whole(chain.handle);
    const { chainId, genesis } = JSON.parse(lines.shift());
    chain.anvil = await Anvil.start(chainId, genesis);
    await chain.replay(lines);
    chain.anvil.ended.then(() => process.exit(1)); // whoever started us starts us again
    return chain;
  }

  /** Make every block again. */
  async replay(lines) {
    this.known = new Set();
    for (const [at, line] of lines.entries()) {
      const { parent, time, raw } = JSON.parse(line);
      // A block's hash holds all before it, so that the last line bears out the whole file.
      if (at === lines.length - 1 && parent !== (await this.anvil.tip()).hash) {
        throw new Unlike(`${file} does not make the chain it once made: it was changed, or is another anvil's`);
      }
      if (!(await this.anvil.mine(raw, time)).error) this.known.add(raw);
    }
    this.tip = await this.anvil.tip();
  }

  /** Write a transaction down, make its block, and answer as anvil does. */
  send(raw) {
    const sent = this.turn.then(() => this.#send(raw));
    this.turn = sent.catch(() => {});
    return sent;
  }

  async #send(raw) {
    if (this.known.has(raw)) return this.anvil.ask("eth_sendRawTransaction", raw); // refused as known or mined
    const time = Math.max(Math.floor(Date.now() / 1000), this.tip.time);
    const before = fs.fstatSync(this.handle).size;
    try {
      fs.writeSync(this.handle, `${JSON.stringify({ parent: this.tip.hash, time, raw })}\n`, before);
      fs.fdatasyncSync(this.handle);
    } catch (error) {
      fs.ftruncateSync(this.handle, before); // a full disk
      throw error;
    }
    const sent = await this.anvil.mine(raw, time);
    if (sent.error) {
      fs.ftruncateSync(this.handle, before);
    } else {
      this.known.add(raw);
      this.tip = await this.anvil.tip();
    }
    return sent;
  }
}

/** Read the file's lines; a last one without its end was never acted upon and is cut off. */
function whole(handle) {
  const data = fs.readFileSync(handle);
  const end = data.lastIndexOf(10) + 1;
  if (end < data.length) fs.ftruncateSync(handle, end);
  return data.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
}

/** Find anvil's binary for this machine. */
function binary() {
  const machine = { x64: "amd64", arm64: "arm64" }[process.arch];
  return createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${process.platform}-${machine}/bin/anvil`);
}

/** Wait until anvil says where it listens; what it says later is nobody's concern. */
async function listening(out, ended) {
  let said = "";
  const port = await Promise.race([
    ended.then(() => 0),
    new Promise((resolve) => {
      out.setEncoding("utf8").on("data", (part) => {
        if (said === null) return;
        said += part;
        const found = /Listening on 127\.0\.0\.1:(\d+)/.exec(said);
        if (found) {
          said = null;
          resolve(Number(found[1]));
        }
      });
    }),
  ]);
  if (!port) throw new Error(`anvil ended at once: ${said}`);
  return port;
}

/** Answer one question: transactions go through the file, and nobody but us moves the chain in another way. */
async function answer(chain, question) {
  const { id = null, method = "", params = [] } = question ?? {};
  const said =
    method === "eth_sendRawTransaction" && typeof params[0] === "string"
      ? await chain.send(params[0].toLowerCase())
      : { error: { code: -32601, message: `this chain knows no method ${method}` } };
  return { ...said, jsonrpc: "2.0", id };
}

const reads = ({ method = "" }) => /^(eth|net|web3)_/.test(method) && !/^eth_(send|sign)/.test(method);

/** Answer a request's body: as it is where it only reads, else question by question. */
async function respond(chain, body) {
  const asked = JSON.parse(body);
  const questions = Array.isArray(asked) ? asked : [asked];
  if (questions.length && questions.every((one) => one && reads(one))) return chain.anvil.post(body);
  const answers = [];
  for (const one of questions) {
    answers.push(one && reads(one) ? JSON.parse(await chain.anvil.post(JSON.stringify(one))) : await answer(chain, one));
  }
  return JSON.stringify(Array.isArray(asked) ? answers : answers[0]);
}

function serve(chain) {
  const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part) => {
      body += part;
      if (body.length > LARGEST) request.destroy();
    });
    request.on("end", async () => {
      try {
        const text = await respond(chain, body);
        response.writeHead(200, { "content-type": "application/json" }).end(text);
      } catch (error) {
        // Not a word of JSON-RPC: whoever asks takes the node for away and asks again.
        response.writeHead(error instanceof SyntaxError ? 400 : 503).end();
        if (error instanceof Unlike) end(PERSON, error);
      }
    });
  });
  server.on("error", (error) => end(1, error));
  server.listen(Number(port), "127.0.0.1", () => {
    const told = { port: server.address().port, blocks: chain.tip.number };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  });
}

function end(status, error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(status);
}

const parentIsGone = () => process.exit(0);
process.stdin.on("end", parentIsGone).on("error", parentIsGone).resume();

try {
  serve(await Chain.open());
} catch (error) {
  end(error instanceof Unlike || error instanceof SyntaxError ? PERSON : 1, error);
}
