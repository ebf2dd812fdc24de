// The published client with each of its transport configurations against the
// echo example. Run by `npm test` in this folder, after `npm ci`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { io } from "socket.io-client";

const PATIENCE_MS = 15_000;
const CONFIGURATIONS = {
  "default options": {},
  "WebSocket only": { transports: ["websocket"] },
  "polling only": { transports: ["polling"] },
};

let server;
let url;

before(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const run = ["run", "--quiet", "--package", "battala-socketio", "--example", "echo"];
  server = spawn("cargo", [...run, "--", String(port)], { stdio: ["ignore", "ignore", "inherit"] });
  await listening(port);
});

after(async () => {
  server.kill();
  await once(server, "exit");
});

for (const [name, options] of Object.entries(CONFIGURATIONS)) {
  describe(name, { timeout: PATIENCE_MS }, () => {
    test("connects with its auth payload, which comes back as an event", async () => {
      const socket = client("/", options, { token: "123" });
      const [auth] = await once(socket, "auth");
      assert.deepEqual(auth, { token: "123" });
      socket.disconnect();
    });

    test("events come back with all their arguments, in order", async () => {
      const socket = client("/", options);
      await once(socket, "connect");
      const received = [];
      const all = new Promise((resolve) => {
        socket.on("message-back", (number, text) => {
          assert.equal(text, "é\u001e\u2028");
          if (received.push(number) === 300) resolve();
        });
      });
      for (let number = 0; number < 300; number++) {
        socket.emit("message", number, "é\u001e\u2028");
      }
      await all;
      assert.deepEqual(received, [...Array(300).keys()]);
      socket.disconnect();
    });

    test("an event that was buffered before the connection is acknowledged", async () => {
      const socket = client("/", options);
      const answer = await socket.emitWithAck("message-with-ack", { a: [1, null] });
      assert.deepEqual(answer, { a: [1, null] });
      socket.disconnect();
    });

    test("two namespaces share one connection and end apart", async () => {
      const main = client("/", options);
      const custom = main.io.socket("/custom");
      await Promise.all([once(main, "connect"), once(custom, "connect")]);
      assert.equal(await custom.emitWithAck("message-with-ack", 1), 1);
      custom.disconnect();
      assert.equal(await main.emitWithAck("message-with-ack", 2), 2);
      main.disconnect();
    });

    test("an unknown namespace is a connect_error", async () => {
      const socket = client("/nowhere", options);
      const [error] = await once(socket, "connect_error");
      assert.equal(error.message, "Invalid namespace");
      socket.disconnect();
    });

    test("the connection outlives several pings", async () => {
      const socket = client("/", options);
      await once(socket, "connect");
      let pings = 0;
      await new Promise((resolve, reject) => {
        socket.on("disconnect", reject);
        socket.io.on("ping", () => ++pings === 4 && resolve());
      });
      socket.off("disconnect").disconnect();
    });

    test("a binary attachment ends the connection, and the client comes back", async () => {
      const socket = client("/", options);
      await once(socket, "connect");
      socket.emit("message", Buffer.from([1, 2, 3]));
      const [reason] = await once(socket, "disconnect");
      assert.match(reason, /transport (close|error)/);
      await once(socket, "connect");
      socket.disconnect();
    });
  });
}

test("default options end on WebSocket and lose nothing on the way", async () => {
  const socket = client("/", {});
  await once(socket, "connect");
  let number = 0;
  const received = [];
  socket.on("message-back", (value) => received.push(value));
  while (socket.io.engine.transport.name !== "websocket") {
    socket.emit("message", number++);
    await delay(1);
  }
  await socket.emitWithAck("message-with-ack", "the end");
  assert.deepEqual(received, [...Array(number).keys()]);
  socket.disconnect();
});

function client(namespace, options, auth) {
  return io(url + namespace, { ...options, auth, forceNew: true, reconnectionDelay: 10 });
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

async function listening(port) {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const socket = createConnection(port, "127.0.0.1");
    const isOpen = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await delay(50);
  }
  throw new Error("the echo example does not listen");
}
