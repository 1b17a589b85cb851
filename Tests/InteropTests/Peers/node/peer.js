// A peer of the interop tests on `ws`; see ../README.md.
"use strict";

const http = require("http");
const { WebSocket, WebSocketServer } = require("ws");

function compression(query, isServer) {
  if (!query.has("deflate")) return false;
  const bits = (name, otherwise) => (query.get(name) ? Number(query.get(name)) : otherwise);
  // For a client, false omits a parameter and true offers it without a value; a server accepts every offer.
  const clientWindow = isServer ? undefined : query.has("client_max_window_bits");
  return {
    threshold: 0,
    serverNoContextTakeover: query.has("server_no_context_takeover") || undefined,
    clientNoContextTakeover: query.has("client_no_context_takeover") || undefined,
    serverMaxWindowBits: bits("server_max_window_bits", undefined),
    clientMaxWindowBits: bits("client_max_window_bits", clientWindow),
  };
}

function behave(socket, done) {
  let fragmented = false;
  let endedByUs = false;

  function echo(data, binary) {
    if (!fragmented) return socket.send(data, { binary });
    const third = Math.floor(data.length / 3);
    socket.send(data.subarray(0, third), { binary, fin: false });
    socket.send(data.subarray(third, 2 * third), { binary, fin: false });
    socket.send(data.subarray(2 * third), { binary, fin: true });
  }

  socket.on("message", (data, binary) => {
    if (binary || data[0] !== 0x21) return echo(data, binary);
    const [command, ...rest] = data.toString().split(" ");
    if (command === "!fragment") fragmented = true;
    else if (command === "!ping") socket.ping(rest.join(" "));
    else if (command === "!close") {
      endedByUs = true;
      socket.close(Number(rest[0]), rest.slice(1).join(" "));
    }
  });
  socket.on("pong", (payload) => {
    if (socket.readyState === WebSocket.OPEN && payload.length > 0) socket.send(`!pong ${payload}`);
  });
  socket.on("error", (error) => console.log("error", error.message));
  socket.on("close", (code, reason) => {
    if (!endedByUs) console.log("closed", code, reason.toString());
    done();
  });
}

function server() {
  const listening = http.createServer();
  listening.on("upgrade", (request, connection, head) => {
    const perMessageDeflate = compression(new URL(request.url, "http://localhost").searchParams, true);
    const upgrader = new WebSocketServer({
      noServer: true,
      perMessageDeflate,
      maxPayload: 0,
      handleProtocols: (offered) => (offered.has("v1") ? "v1" : false),
    });
    upgrader.handleUpgrade(request, connection, head, (socket) => behave(socket, () => {}));
  });
  listening.listen(0, "127.0.0.1", () => console.log(listening.address().port));
}

function client(urls) {
  if (urls.length === 0) process.exit(0);
  const query = new URL(urls[0]).searchParams;
  const socket = new WebSocket(urls[0], query.has("subprotocols") ? ["v0", "v1"] : [], {
    perMessageDeflate: compression(query, false),
  });
  socket.once("unexpected-response", (request, response) => {
    console.log("refused", response.statusCode);
    socket.terminate();
  });
  // A refused connection is "closed" too.
  behave(socket, () => client(urls.slice(1)));
}

process.stdin.resume().on("end", () => process.exit(0));
const [role, ...urls] = process.argv.slice(2);
if (role === "server") server();
else client(urls);
