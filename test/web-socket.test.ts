import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { openWebSocket } from '../src/lib/web-socket.ts';
import { closeAfterTest } from './support/http-servers.ts';
import { listen } from './support/loopback.ts';
import { until } from './support/until.ts';
import { takeWebSockets } from './support/web-socket-server.ts';

async function connect(aliveMs: number) {
  const server = createServer();
  const sockets = takeWebSockets(server);
  const origin = `http://127.0.0.1:${await listen(server)}`;
  let isClosed = false;
  const opened = await openWebSocket(
    `${origin.replace('http', 'ws')}/link`,
    { allowOrigins: [origin], bytesMax: 1_000, openTimeoutMs: 5_000, aliveMs },
    { text: () => undefined, closed: () => (isClosed = true) },
  );
  const [far] = sockets;
  if (opened.kind === 'failed' || far === undefined) throw new Error('no connection');
  closeAfterTest({
    close: () => {
      opened.socket.end();
      far.drop();
      server.close();
    },
  });
  return { far, isClosed: () => isClosed };
}

test('a far side that gives no sign of life is gone, though its connection stands', async () => {
  const { far, isClosed } = await connect(20);
  await until('a ping', () => (far.pings.length > 0 ? true : undefined));
  await until('the end', () => (isClosed() ? true : undefined));
});

test('a pong, a ping of its own and a text are signs of life', async () => {
  const stays = async (opcode: number): Promise<boolean> => {
    const { far, isClosed } = await connect(1_000);
    for (let n = 1; n <= 2; n += 1) {
      await until(`ping ${n}`, () => (far.pings.length >= n || isClosed() ? true : undefined));
      far.frame(opcode, Buffer.from('x'));
    }
    await until('the third', () => (far.pings.length >= 3 || isClosed() ? true : undefined));
    return !isClosed();
  };
  expect(await Promise.all([10, 9, 1].map(stays))).toEqual([true, true, true]);
});
