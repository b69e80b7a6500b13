// The official library's opinion: who signed typed data, and what it reads on the chain.
//
// Takes one JSON object on standard input: signed [{typedData, signature}], url, address, abi, log, transaction,
// inclusion [leaf hash, index, path]. Prints one: signers, head, the Anchored events of that transaction, and whether
// the leaf is included.

import { readFileSync } from "node:fs";

import { Contract, JsonRpcProvider, verifyTypedData } from "ethers";

const given = JSON.parse(readFileSync(0, "utf8"));

const signers = given.signed.map(({ typedData, signature }) => {
  const { EIP712Domain: _, ...types } = typedData.types;
  return verifyTypedData(typedData.domain, types, typedData.message, signature);
});

const provider = new JsonRpcProvider(given.url);
const contract = new Contract(given.address, given.abi, provider);
const receipt = await provider.getTransactionReceipt(given.transaction);
const anchors = receipt.logs
  .map((log) => contract.interface.parseLog(log))
  .filter((event) => event.name === "Anchored");
const head = await contract.head(given.log);

const plain = (values) => values.map((value) => (typeof value === "bigint" ? Number(value) : value));
process.stdout.write(
  JSON.stringify({
    signers,
    head: plain([...head]),
    anchors: anchors.map((event) => plain([...event.args])),
    includes: await contract.includes(given.log, ...given.inclusion),
  }),
);
provider.destroy();
