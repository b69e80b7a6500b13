// Serves the devnet on 127.0.0.1 until standard input ends, so that it cannot outlive who started it.
//
// Usage: node node.js [PORT [INTERVAL]]. PORT 0, the default, is any free one. INTERVAL is milliseconds
// between blocks, 0, the default, a block for each transaction. Once it listens it prints one line of
// JSON, {"port": …}, and nothing after that.

import { createHardhatRuntimeEnvironment } from "hardhat/hre";

import config from "./hardhat.config.js";

const [port = "0", interval = "0"] = process.argv.slice(2);

const parentIsGone = () => process.exit(0);
process.stdin.on("end", parentIsGone).on("error", parentIsGone).resume();

const hre = await createHardhatRuntimeEnvironment(config, {}, import.meta.dirname);
const mining = Number(interval) > 0 ? { auto: false, interval: Number(interval) } : { auto: true };
const server = await hre.network.createServer(
  { network: "devnet", override: { mining } },
  "127.0.0.1",
  Number(port),
);
const address = await server.listen();
process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
