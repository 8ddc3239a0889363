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

const [modules, folder, seed] = process.argv.slice(2);
const part = (name) => require(join(modules, "azurite", "dist", "src", name)).default;

part("common/AccountDataStore").prototype.getAccount = (name) => ({ name, key1: key(name, 1), key2: key(name, 2) });
part("blob/generated/ExpressRequestAdapter").prototype.getProtocol = () => "https";

const BlobConfiguration = part("blob/BlobConfiguration");
const BlobServer = part("blob/BlobServer");

function key(account, number) {
  return createHmac("sha512", seed).update(`${account} ${number}`).digest();
}

async function main() {
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
  await server.start();
  process.stdout.write(`${new URL(server.getHttpServerAddress()).port}\n`);
  const close = () => server.close().then(() => process.exit(0));
  process.stdin.resume().on("end", close).on("error", close);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, close);
}

main().catch((error) => {
  process.stderr.write(`${error.stack || error}\n`);
  process.exit(1);
});
