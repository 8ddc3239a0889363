"use strict";
// Several of the embedded clouds' Azurites in one process, which has read its modules once (0.6 s of a processor):
// `node warm_azurite.js SERVE MODULES SOCKET`, where SERVE is the embedded cloud's own serve.js.
//
// On a connection to SOCKET come FOLDER and SEED, a line each; back goes the port. The server is closed, with everything
// saved, when the other side ends, and then so is the connection. Ends when its standard input does.

const { createServer } = require("node:net");

const [serve, modules, socket] = process.argv.slice(2);
const { starter, portOf } = require(serve);
const start = starter(modules);

function answer(connection) {
  let server;
  let told = "";
  const failed = (error) => process.stderr.write(`${error.stack || error}\n`) && connection.destroy();
  connection.setEncoding("utf8").on("data", (text) => {
    told += text;
    const [folder, seed, rest] = told.split("\n");
    if (server || rest === undefined) return;
    server = start(folder, seed);
    server.then((started) => connection.write(`${portOf(started)}\n`)).catch(failed);
  });
  connection.on("end", async () => {
    try {
      if (server) await (await server).close();
      connection.end();
    } catch (error) {
      failed(error);
    }
  });
  connection.on("error", failed);
}

createServer({ allowHalfOpen: true }, answer).listen(socket);
process.stdin.resume().on("end", () => process.exit(0));
