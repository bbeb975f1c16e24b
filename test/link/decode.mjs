// A reader of the device link written from docs/link-protocol.md alone, to see
// that the page says enough and that the golden vectors are what it says.
//
//   node decode.mjs ../../firmware-templates/link
//
// Prints what it has checked; exits with 1 at the first difference.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";

const folder = process.argv[2];
const golden = (name) =>
  readFileSync(`${folder}/testdata/${name}.golden`, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
const bytes = (hex) => Buffer.from(hex, "hex");

function fail(what) {
  console.error(what);
  process.exit(1);
}

function same(what, got, want) {
  if (got !== want) fail(`${what}: ${got}, want ${want}`);
}

// CRC-32, IEEE 802.3, bit by bit.
function crc32(data) {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function adler32(data) {
  let a = 1, b = 0;
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

// COBS: each group is its length + 1 and its bytes; a group shorter than 254 stands for a zero after it.
function unstuff(chunk) {
  const out = [];
  for (let at = 0; at < chunk.length; ) {
    const code = chunk[at];
    out.push(...chunk.subarray(at + 1, at + code));
    at += code;
    if (code < 255 && at < chunk.length) out.push(0);
  }
  return Buffer.from(out);
}

function body(frame) {
  if (frame[0] !== 0 || frame.at(-1) !== 0) fail("a frame without its delimiters");
  const chunk = frame.subarray(1, -1);
  if (chunk.includes(0)) fail("00 inside of a frame");
  const data = unstuff(chunk);
  const crc = data.readUInt32LE(data.length - 4);
  const inner = data.subarray(0, -4);
  if (crc !== crc32(inner)) fail("wrong CRC");
  return inner;
}

const hex = (n, digits) => n.toString(16).padStart(digits, "0");

function describe(b) {
  const u16 = (at) => b.readUInt16LE(at);
  const hello = () => `version ${b[1]} nonce ${hex(b.readUInt32LE(2), 8)} window ${u16(6)} maxBody ${u16(8)}`;
  switch (b[0]) {
    case 1: return `SYN ${hello()}`;
    case 2: return `WELCOME ${hello()} wire ${u16(10)}`;
    case 3: return `DATA epoch ${hex(b[1], 2)} serial ${b[2]} offset ${u16(3)} bytes ${b.subarray(5).toString("hex")}`;
    case 4: return `ACK epoch ${hex(b[1], 2)} serial ${b[2]} offset ${u16(3)} window ${u16(5)} flags ${b[7]} kept ${b.subarray(8).toString("hex")}`;
    case 5: return `BYE epoch ${hex(b[1], 2)}`;
  }
  return "unknown";
}

for (const line of golden("frames")) {
  const [, name, inner, frame] = line.match(/^(.*): (\w+) = (\w+)$/);
  same(name, body(bytes(frame)).toString("hex"), inner);
}

// The conversation: every frame says what the line says, both streams come out
// whole, and every frame that was lost is sent again.
const streams = { ">": [], "<": [] };
let lost = 0;
for (const line of golden("conversation")) {
  const [, mark, frame, text] = line.match(/^(\S+) (\w+) = (.*)$/);
  const b = body(bytes(frame));
  same("a frame", describe(b), text);
  if (mark.startsWith("!")) lost++;
  else if (b[0] === 3) b.subarray(5).forEach((byte, i) => (streams[mark][b.readUInt16LE(3) + i] = byte));
}
function records(stream) {
  const found = [];
  for (let at = 0; at < stream.length; ) {
    const size = stream[at] + 256 * stream[at + 1];
    found.push({ channel: stream[at + 2], payload: Buffer.from(stream.slice(at + 3, at + 2 + size)) });
    at += 2 + size;
  }
  return found;
}
for (const side of "><") {
  for (let i = 0; i < streams[side].length; i++) if (streams[side][i] === undefined) fail(`byte ${i} of ${side} never came`);
}
if (lost === 0) fail("nothing was lost");
const asked = records(streams[">"]);
same("requests", asked.map((r) => `${r.channel}:${r.payload.subarray(0, 2).toString("hex")}:${r.payload.length}`).join(" "), "0:0101:2 0:0202:302");
same("what was pinged", asked[1].payload.subarray(2).every((byte, i) => byte === i % 256), true);
const answered = records(streams["<"]);
same("answers", answered.map((r) => `${r.channel}:${r.payload.toString("latin1")}`).join(" "),
  "0:\x01\x81\x00 0:\x02\x82\x00\x00\x01\x02\x03 3:\x00HTTP/1.1 200 OK");

const dictionary = readFileSync(`${folder}/dictionary.bin`);
const [sums, page] = golden("dictionary");
same("dictionary", sums, `${createHash("sha256").update(dictionary).digest("hex")} ${hex(crc32(dictionary), 8)} ${hex(adler32(dictionary), 8)}`);
const [packed, plain] = page.split(" = ");
same("deflated page", inflateRawSync(bytes(packed), { dictionary }).toString("hex"), plain);

// HELLO: what is missing at its end was not said yet by older boards.
for (const line of golden("hello")) {
  const cut = line.lastIndexOf(" = ");
  const b = bytes(line.slice(cut + 3));
  let at = 0;
  const n = (size) => (at += size) && b.readUIntLE(at - size, size);
  const str = () => {
    const size = n(1);
    at += size;
    return b.subarray(at - size, at).toString();
  };
  if (n(1) !== 1) fail("another version");
  let said = `board "${str()}", firmware "${str()}", program "${str()}", build "${str()}", uptime ${n(4)}, reset ${n(1)}, ` +
    `maxRecord ${n(2)}, streams ${n(1)}, maxMessage ${n(2)}, blockSize ${n(2)}, maxFiles ${n(2)}, filesCap ${n(4)}, `;
  said += at < b.length ? `why "${str()}", held ${n(1)}` : 'why "", held 0';
  same("HELLO", said, line.slice(0, cut));
  same("HELLO's length", at, b.length);
}

// Section Network: every record is put into the words that stand before it.
for (const line of golden("network")) {
  const cut = line.lastIndexOf(" = ");
  const words = line.slice(0, cut);
  const b = bytes(line.slice(cut + 3));
  let at = 0;
  const u8 = () => b[at++];
  const i8 = () => (u8() << 24) >> 24;
  const str = () => {
    const n = u8();
    at += n;
    return b.subarray(at - n, at).toString();
  };
  let said;
  if (words.startsWith("JOIN ")) {
    said = `JOIN ${str()}, ${str()}`;
  } else if (words.startsWith("STATUS ")) {
    said = `STATUS state ${u8()}, reason ${u8()}, rssi ${i8()}, address ${u8()}.${u8()}.${u8()}.${u8()}, ` +
      `ssid "${str()}", name "${str()}", accessPoint "${str()}"`;
  } else {
    said = `SCANNED status ${u8()}`;
    while (at < b.length) said += `, "${str()}" ${i8()} ${u8()} ${u8()}`;
  }
  same("network record", said, words);
  same("network record's length", at, b.length);
}

// Refusals: what a board without files, without an open write and with one
// connection after the other answers, by the tables of section Records.
function path(b) { // a str path that is one
  const size = b[0], text = b.subarray(1, 1 + size).toString();
  return size <= 96 && /^\/(?!\.)[^\0-\x1f\x7f]*$/.test(text) && !text.slice(1).split("/").some((part) => ["", ".", ".."].includes(part));
}
const channels = new Set();
let refused = 0;
for (const line of golden("refusals")) {
  const [, name, request, reply] = line.match(/^(.*): (\w+) = (\w+)$/);
  const [op, args] = [bytes(request)[0], bytes(request).subarray(1)];
  let want;
  switch (op) {
    case 0x15: case 0x16: want = "0a"; break; // WRITE, COMMIT: nothing is open
    case 0x17: want = path(args) ? "00" : "02"; break;
    case 0x20: {
      const channel = args[0], port = args.readUInt16LE(1);
      if (args.length !== 5) fail("DIAL's length");
      if (channel === 0) want = "02";
      else if (port !== 80) want = "03";
      else if (channels.has(channel)) want = "08";
      else {
        channels.add(channel);
        same(`${name}: done, and its credit`, /^00\w{4}$/.test(reply) && bytes(reply).readUInt16LE(1) > 0, true);
        continue;
      }
      break;
    }
    default: want = "01";
  }
  same(name, reply, want);
  if (want !== "00") refused++;
}
if (refused < 8 || channels.size === 0) fail(`only ${refused} refusals, ${channels.size} channels`);

console.log("golden vectors: frames, conversation, dictionary, hello, network, refusals");
