// The chain of one developer: blocks at once, no accounts of its own, nothing kept when it stops.
//
// It knows nothing of Suyuan. gateway/devnet.py starts it and pays accounts whose keys never come here.

/** @type {import("hardhat/config").HardhatUserConfig} */
export default {
  networks: {
    devnet: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: 31337,
      // None: an account the node could sign for would be open to everything that reaches its port.
      accounts: [],
      // Blocks mined within one second keep that second. Otherwise each would be stamped one later than
      // the last and the chain's clock would run away from the machine's.
      allowBlocksWithSameTimestamp: true,
    },
  },
};
