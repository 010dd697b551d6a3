import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/**
 * A bare repository of one commit with one file, written without git: dozens of them are there at once, and always the
 * same. Loose objects as gitformat-loose(5) has them.
 */
export async function writeBareRepository(path: string, file: string, text: string): Promise<void> {
  await mkdir(join(path, 'refs', 'heads'), { recursive: true });
  const blob = await writeObject(path, 'blob', Buffer.from(text));
  const tree = await writeObject(
    path,
    'tree',
    Buffer.concat([Buffer.from(`100644 ${file}\0`), Buffer.from(blob, 'hex')]),
  );
  const who = 'Setup <root@localhost> 1700000000 +0000';
  const message = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nSay who answers for what\n`;
  const commit = await writeObject(path, 'commit', Buffer.from(message));
  await writeFile(join(path, 'refs', 'heads', 'main'), `${commit}\n`);
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/main\n');
}

async function writeObject(path: string, type: string, content: Buffer): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const name = createHash('sha1').update(whole).digest('hex');
  const folder = join(path, 'objects', name.slice(0, 2));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name.slice(2)), deflateSync(whole));
  return name;
}
