import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server side of web sockets (RFC 6455) on a real HTTP server: texts, pings and whatever bytes a test wants. */
export type ServerSocket = {
  readonly path: string;
  /** Texts that came, in order. */
  readonly heard: readonly string[];
  /** What came in pings, in order. They are not answered by themselves. */
  readonly pings: readonly Buffer[];
  readonly isOpen: () => boolean;
  say(text: string): void;
  /** A frame of any kind, by its operation code. */
  frame(opcode: number, payload: Uint8Array): void;
  /** Ends it as the protocol says. */
  close(): void;
  /** Ends it without a word. */
  drop(): void;
};

/** Takes every web socket of a server; gives them in the order in which they came. */
export function takeWebSockets(server: Server): readonly ServerSocket[] {
  const sockets: ServerSocket[] = [];
  server.on('upgrade', (request: IncomingMessage, stream: Duplex) => {
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.push(serve(request.url ?? '', stream));
  });
  return sockets;
}

function serve(path: string, stream: Duplex): ServerSocket {
  const heard: string[] = [];
  const pings: Buffer[] = [];
  let isOpen = true;
  let rest = Buffer.alloc(0);
  const frame = (opcode: number, payload: Uint8Array): void => {
    if (isOpen) stream.write(Buffer.concat([headOf(opcode, payload.length), payload]));
  };
  stream.on('error', () => undefined);
  stream.on('close', () => {
    isOpen = false;
  });
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let read = readFrame(rest); read !== undefined; read = readFrame(rest)) {
      rest = rest.subarray(read.length);
      if (read.opcode === 1) heard.push(read.payload.toString('utf8'));
      if (read.opcode === 9) pings.push(read.payload);
      if (read.opcode !== 8) continue;
      frame(8, read.payload.subarray(0, 2));
      stream.end();
    }
  });
  return {
    path,
    heard,
    pings,
    isOpen: () => isOpen,
    say: (text) => frame(1, Buffer.from(text)),
    frame,
    close: () => frame(8, Buffer.from([0x03, 0xe8])),
    drop: () => stream.destroy(),
  };
}

function headOf(opcode: number, length: number): Uint8Array {
  if (length < 126) return Buffer.from([0x80 | opcode, length]);
  if (length < 65_536) return Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
  const head = Buffer.alloc(10);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** Frames of a client are masked and, here, never cut. */
function readFrame(bytes: Buffer) {
  if (bytes.length < 6) return undefined;
  const short = bytes.readUInt8(1) & 127;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 6 + extra) return undefined;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = 6 + extra;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(2 + extra, start);
  const payload = Buffer.from(bytes.subarray(start, start + size));
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
  return { opcode: bytes.readUInt8(0) & 15, payload, length: start + size };
}
