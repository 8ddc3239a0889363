"use strict";
// Azurite's Blob service behind the rehearsal's door: `node serve.js MODULES FOLDER SEED`.
//
// MODULES is where npm put azurite; FOLDER keeps the blobs; SEED is what the accounts' keys are made from (Python has
// the same: azurite_process.py). Writes its port to standard output, and ends, with everything saved, when its standard input
// does: so it never outlives the cloud that started it.
//
// Two things are mended here, both of which Azurite fixes when it starts: which accounts there are (the door knows,
// since Resource Manager makes them), and that a login's token needs HTTPS (which ends at the door).

const { createHmac } = require("node:crypto");
const { join } = require("node:path");

// What starts a server, with Azurite from this folder: (folder, seed) => a promise of the server.
function starter(modules) {
  const part = (name) => require(join(modules, "azurite", "dist", "src", name)).default;
  const BlobConfiguration = part("blob/BlobConfiguration");
  const BlobServer = part("blob/BlobServer");
  part("blob/generated/ExpressRequestAdapter").prototype.getProtocol = () => "https";

  return async (folder, seed) => {
    const key = (account, number) => createHmac("sha512", seed).update(`${account} ${number}`).digest();
    const extents = [{ locationId: "Default", locationPath: join(folder, "blobs"), maxConcurrency: 50 }];
    const configuration = new BlobConfiguration(
      "127.0.0.1",
      0, // a free port
      60, // seconds that a connection is kept
      join(folder, "blobs.json"),
      join(folder, "extents.json"),
      extents,
      false, // no log of its own: the cloud keeps one
      undefined,
      false,
      undefined,
      false, // refuse what it doesn't know
      true, // whatever API version the clients are of
      "",
      "",
      "",
      "basic" // any token whose claims are right
    );
    const server = new BlobServer(configuration);
    server.accountDataStore.getAccount = (name) => ({ name, key1: key(name, 1), key2: key(name, 2) });
    await server.start();
    return server;
  };
}

const portOf = (server) => new URL(server.getHttpServerAddress()).port;

async function main([modules, folder, seed]) {
  const server = await starter(modules)(folder, seed);
  process.stdout.write(`${portOf(server)}\n`);
  const close = () => server.close().then(() => process.exit(0));
  process.stdin.resume().on("end", close).on("error", close);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, close);
}

module.exports = { starter, portOf };
if (require.main === module) {
  main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.stack || error}\n`);
    process.exit(1);
  });
}
