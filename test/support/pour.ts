import type { Writable } from 'node:stream';

const chunk = Buffer.alloc(65_536, 'x');

/** More than anybody should read: writes until the far side goes away, or so many bytes went. Returns how many did. */
export async function pour(into: Writable, bytesMax = 268_435_456): Promise<number> {
  let written = 0;
  into.on('error', () => undefined);
  while (written < bytesMax && !into.destroyed) {
    written += chunk.length;
    if (into.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      into.once('drain', resolve);
      into.once('close', resolve);
    });
  }
  into.destroy();
  return written;
}
