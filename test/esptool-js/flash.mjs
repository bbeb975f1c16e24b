// Flashes a board with unmodified esptool-js. The board's serial port is at the
// other end of a TCP connection, and looks here like a port of the Web Serial API.
//
//   node flash.mjs '{"address":"127.0.0.1:4711","stub":true,"compress":true,"baud":460800,
//                    "files":[{"path":"a.bin","offset":4096}],"read":true,"erase":false}'
//
// The last line of output is a JSON object: chip, mac, flashId, md5 (of each
// file's place, as the chip says), read (MD5 of each file's place, as read back).
//
// Frames on the connection: kind (one letter), length u32 little-endian, bytes.
// To the port: D data, L dtr rts, B rate u32, O open, C close. From the port: D data.
import { ESPLoader, Transport } from "esptool-js";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";

const job = JSON.parse(process.argv[2]);
const md5 = (b) => createHash("md5").update(b).digest("hex");

class Port {
  readable = null;
  writable = null;
  #socket;
  #controller = null;
  #signals = { dtr: false, rts: false };
  #input = Buffer.alloc(0);

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (b) => this.#received(b));
  }
  #send(kind, bytes) {
    const head = Buffer.alloc(5);
    head.write(kind);
    head.writeUInt32LE(bytes.length, 1);
    return new Promise((resolve, reject) => {
      this.#socket.write(Buffer.concat([head, bytes]), (e) => (e ? reject(e) : resolve()));
    });
  }
  #received(b) {
    this.#input = Buffer.concat([this.#input, b]);
    while (this.#input.length >= 5) {
      const n = this.#input.readUInt32LE(1);
      if (this.#input.length < 5 + n) return;
      const bytes = new Uint8Array(this.#input.subarray(5, 5 + n));
      this.#input = this.#input.subarray(5 + n);
      this.#controller?.enqueue(bytes);
    }
  }
  getInfo() {
    return {};
  }
  async open({ baudRate }) {
    if (this.readable) throw new Error("the port is open already");
    const rate = Buffer.alloc(4);
    rate.writeUInt32LE(baudRate);
    await this.#send("O", Buffer.alloc(0));
    await this.#send("B", rate);
    this.readable = new ReadableStream({
      start: (c) => {
        this.#controller = c;
      },
      cancel: () => {
        this.#controller = null;
      },
    });
    this.writable = new WritableStream({ write: (b) => this.#send("D", Buffer.from(b)) });
  }
  async close() {
    if (this.readable?.locked || this.writable?.locked) throw new Error("a stream is locked");
    this.readable = this.writable = this.#controller = null;
    await this.#send("C", Buffer.alloc(0));
  }
  async setSignals({ dataTerminalReady, requestToSend }) {
    if (dataTerminalReady !== undefined) this.#signals.dtr = dataTerminalReady;
    if (requestToSend !== undefined) this.#signals.rts = requestToSend;
    await this.#send("L", Buffer.from([+this.#signals.dtr, +this.#signals.rts]));
  }
}

const [host, number] = job.address.split(":");
const socket = net.connect(Number(number), host);
socket.setNoDelay(true);
await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));

const terminal = { clean() {}, write(s) { process.stdout.write(s); }, writeLine(s) { console.log(s); } };
const loader = new ESPLoader({
  transport: new Transport(new Port(socket)),
  baudrate: job.baud,
  romBaudrate: 115200,
  terminal,
});
if (!job.stub) loader.runStub = async () => loader.chip;
await loader.main();
if (!job.stub) await loader.flashSpiAttach(0);
const result = { chip: loader.chip.CHIP_NAME, stub: loader.IS_STUB, md5: [], read: [] };
result.mac = await loader.chip.readMac(loader);
result.flashId = await loader.readFlashId();
if (job.erase) await loader.eraseFlash();

const files = job.files.map((f) => ({ data: new Uint8Array(readFileSync(f.path)), address: f.offset }));
await loader.writeFlash({
  fileArray: files,
  flashSize: "keep",
  flashMode: "keep",
  flashFreq: "keep",
  eraseAll: false,
  compress: job.compress,
  // Without a stub it compares the ROM's hex digits with a hash of the bytes, so it can verify only with one.
  calculateMD5Hash: job.stub ? md5 : undefined,
});
for (const f of files) {
  let sum = await loader.flashMd5sum(f.address, f.data.length);
  if (!job.stub) sum = Buffer.from(sum, "hex").toString();
  result.md5.push(sum);
  if (job.read) result.read.push(md5(await loader.readFlash(f.address, f.data.length)));
}
await loader.after("custom_reset", false, "D0|R1|W100|R0");
console.log(JSON.stringify(result));
socket.destroy();
process.exit(0);
