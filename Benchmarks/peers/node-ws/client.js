// A client on ws for the benchmark; see README.md and ../README.md.
'use strict'

const fs = require('node:fs')
const WebSocket = require('ws')

// The program waits when more than this number of bytes wait in the library.
const HIGH_WATER = 65536

function begin() {
  return { usage: process.cpuUsage(), wall: process.hrtime.bigint() }
}

function peakKiB() {
  // Unlike ru_maxrss, VmHWM does not count the program before exec.
  return Number(/^VmHWM:\s*(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1])
}

function end(start, messages, bytes) {
  const usage = process.cpuUsage(start.usage)
  return {
    messages,
    bytes,
    cpu_user_ns: usage.user * 1000,
    cpu_system_ns: usage.system * 1000,
    wall_ns: Number(process.hrtime.bigint() - start.wall),
    max_rss_kib: peakKiB()
  }
}

function percentiles(latencies) {
  latencies.sort()
  const at = (percent) => Number(latencies[Math.floor((latencies.length * percent) / 100)])
  return { p50_ns: at(50), p90_ns: at(90), p99_ns: at(99) }
}

function connect(url) {
  const path = url.split('?')[0]
  const compression = path.endsWith('-no-takeover')
    ? { serverNoContextTakeover: true }
    : path.endsWith('-takeover')
  return new WebSocket(url, { perMessageDeflate: compression, skipUTF8Validation: false, maxPayload: 0 })
}

// Resolves when the server has answered the Close frame.
function disconnect(socket) {
  return new Promise((resolve) => {
    socket.once('close', resolve)
    socket.close(1000)
  })
}

const opened = (socket) =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })

// Calls body for each message until it returns a result, and resolves with this result. One read may hold many
// messages.
function messages(socket, body) {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the connection ended early')))
    socket.on('message', function take(data) {
      const result = body(data)
      if (!result) return
      socket.off('message', take)
      resolve(result)
    })
  })
}

// A global variable, so that the engine can't remove the message.
let last

async function receive(url, { count }, decodes = false) {
  const socket = connect(url)
  let start
  let done = 0
  let bytes = 0
  // The first messages may arrive together with the response, before a promise of the `open` event would be resolved.
  socket.once('open', () => (start = begin()))
  const result = await messages(socket, (data) => {
    bytes += data.length
    last = decodes ? JSON.parse(data.toString()) : data
    return ++done === count ? end(start, count, bytes) : null
  })
  await disconnect(socket)
  return result
}

async function echo(url, { count, size }) {
  const socket = connect(url)
  await opened(socket)
  const payload = 'x'.repeat(size)
  const latencies = new BigInt64Array(count)
  let done = 0
  let sent
  const send = () => {
    sent = process.hrtime.bigint()
    socket.send(payload)
  }
  const start = begin()
  send()
  const result = await messages(socket, (data) => {
    latencies[done++] = process.hrtime.bigint() - sent
    last = data
    if (done === count) return end(start, count, count * size)
    send()
  })
  if (last.length !== size) throw new Error('the echo has another size')
  await disconnect(socket)
  return { ...result, ...percentiles(latencies) }
}

async function send(url, { count, size }) {
  const socket = connect(url)
  await opened(socket)
  const payload = 'x'.repeat(size)
  const start = begin()
  for (let index = 0; index < count; index++) {
    if (socket.bufferedAmount < HIGH_WATER) socket.send(payload)
    else await new Promise((resolve, reject) => socket.send(payload, (error) => (error ? reject(error) : resolve())))
  }
  await disconnect(socket)
  return end(start, count, count * size)
}

const scenarios = { receive, decode: (url, options) => receive(url, options, true), echo, send }

async function main([name, url, ...words]) {
  if (!url) throw new Error('SCENARIO URL [KEY=VALUE ...]')
  const scenario = scenarios[name]
  if (!scenario) return 3
  const options = { count: 1, size: 64 }
  for (const word of words) {
    const [key, value] = word.split('=')
    options[key] = Number(value)
  }
  console.log(JSON.stringify(await scenario(url, options)))
  return 0
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error) => {
    console.error(`node-ws: ${error.message}`)
    process.exit(1)
  }
)
