// A peer made of zeromq.js; ../README.md says what it understands.
import { createInterface } from "node:readline"
import * as zmq from "zeromq"

const SOCKETS = { router: zmq.Router, dealer: zmq.Dealer, req: zmq.Request, sub: zmq.Subscriber }
// A prime length: no shifted block looks like another.
const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, i) => i))

const say = line => process.stdout.write(line + "\n")

function security(mechanism, server) {
  if (mechanism === "plain") {
    return server ? { plainServer: true } : { plainUsername: "user", plainPassword: "secret" }
  }
  if (mechanism === "curve") {
    const { publicKey, secretKey } = zmq.curveKeyPair()
    const keys = { curvePublicKey: publicKey, curveSecretKey: secretKey }
    return server ? { ...keys, curveServer: true } : { ...keys, curveServerKey: zmq.curveKeyPair().publicKey }
  }
  return {}
}

function watch(socket) {
  const ends = ["disconnect", "handshake:error:protocol", "handshake:error:auth", "handshake:error:other"]
  for (const end of ends) socket.events.on(end, () => say("refused"))
}

async function echo(socket) {
  for await (const frames of socket) {
    const more = frames[2].subarray(0, 6).toString() === "frames" ? ["two", "more"] : []
    await socket.send([...frames, ...more])
  }
}

class Caller {
  constructor(socket) {
    this.socket = socket
    // A REQ socket adds and removes the delimiter itself.
    this.before = socket instanceof zmq.Request ? [] : [Buffer.alloc(0)]
  }

  send(payload) {
    return this.socket.send([...this.before, payload])
  }

  async expect(payload) {
    const frames = await this.socket.receive()
    const wanted = [...this.before, Buffer.from(payload)]
    if (frames.length !== wanted.length || !wanted.every((frame, i) => frame.equals(frames[i]))) {
      const shown = frames.map(frame => frame.subarray(0, 40).toString())
      throw new Error(`${JSON.stringify(shown)} came back for ${payload.length} bytes`)
    }
  }

  async call(payload) {
    await this.send(payload)
    await this.expect(payload)
  }

  async obey(command, ...words) {
    if (command === "sequential") {
      for (let i = 0; i < Number(words[0]); i++) await this.call(`${words[1]} ${i}`)
    } else if (command === "pipelined") {
      for (let i = 0; i < Number(words[0]); i++) await this.send(`${words[1]} ${i}`)
      for (let i = 0; i < Number(words[0]); i++) await this.expect(`${words[1]} ${i}`)
    } else if (command === "sizes") {
      for (const size of words.map(Number)) await this.call(Buffer.alloc(size, PATTERN))
    } else if (command === "frames") {
      await this.socket.send(["", "payload", "two", "more"])
      await this.expect("payload")
      await this.socket.send(["not empty", "payload"])
      await this.expect("payload")
    } else if (command === "reconnected") {
      // What is sent meanwhile waits for the connection.
    } else {
      throw new Error(`there is no command '${command}'`)
    }
  }
}

const [kind, mode, endpoint, ...settings] = process.argv.slice(2)
const options = Object.fromEntries(settings.map(setting => setting.split("=", 2)))
const socket = new SOCKETS[kind]({
  linger: 0,
  ...(kind !== "sub" && { sendHighWaterMark: 0 }),
  receiveHighWaterMark: 0,
  ...(options.identity && { routingId: options.identity }),
  ...(options.heartbeat && { heartbeatInterval: Number(options.heartbeat), heartbeatTimeout: 1000 }),
  ...security(options.mechanism, mode === "bind"),
})
if (options.watch) watch(socket)
if (mode === "bind") await socket.bind(endpoint)
else socket.connect(endpoint)
say("ready " + (mode === "bind" ? socket.lastEndpoint : endpoint))

if (kind === "router") echo(socket)
const caller = new Caller(socket)
for await (const line of createInterface({ input: process.stdin })) {
  await caller.obey(...line.split(" ")).then(
    () => say("ok"),
    error => say(`failed: ${error.message}`),
  )
}
process.exit(0)
