/**
 * Gathers sightings as the page does and prints them: `node sight.mts BUNDLE TRUST`; with no arguments, the signatures
 * of the contract's functions and event that it asks for.
 */
import { readFileSync } from "node:fs";
import { readBundle, readTrust } from "../../../indexer/page/src/bundle.ts";
import { gather, SIGNATURES } from "../../../indexer/page/src/sighting.ts";

const [bundle, trust] = process.argv.slice(2).map((path) => new Uint8Array(readFileSync(path)));
if (bundle && trust) console.log(JSON.stringify(await gather(readBundle(bundle), readTrust(trust))));
else console.log(JSON.stringify(SIGNATURES));
