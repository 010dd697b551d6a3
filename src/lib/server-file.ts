import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, readPrivateFile, replacePrivateFile } from './keys-file.ts';
import { isIdentity, isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** Where commands on this machine reach the server that runs on this data. */
export type ServerFile = {
  readonly url: string;
  /** Secret: lets in whoever can read the data folder. */
  readonly token: string;
  readonly pid: number;
};

const fileName = 'server.json';

export async function writeServerFile(folder: string, server: Omit<ServerFile, 'pid'>): Promise<void> {
  const text = JSON.stringify({ url: server.url, token: server.token, identity: ownIdentity() }, null, 2);
  await replacePrivateFile(join(folder, fileName), `${text}\n`);
}

/**
 * The running server, or undefined when there is none: no file, a file that others can read, or one whose process
 * is gone. A server in another container cannot be asked after here; it is given, and the call to it will tell.
 */
export async function readServerFile(folder: string): Promise<ServerFile | undefined> {
  const found = await readPrivateFile(join(folder, fileName));
  if (found.kind !== 'read') return undefined;
  const raw = parsed(found.text);
  if (raw === undefined || isRunning(raw.identity) === 'no') return undefined;
  return { url: raw.url, token: raw.token, pid: raw.identity.pid };
}

export async function removeServerFile(folder: string): Promise<void> {
  await unlink(join(folder, fileName)).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

type Written = { readonly url: string; readonly token: string; readonly identity: ProcessIdentity };

function parsed(text: string): Written | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    if (
      typeof raw !== 'object' ||
      raw === null ||
      !('url' in raw) ||
      !('token' in raw) ||
      !('identity' in raw)
    ) {
      return undefined;
    }
    const { url, token, identity } = raw;
    return typeof url === 'string' && typeof token === 'string' && isIdentity(identity)
      ? { url, token, identity }
      : undefined;
  } catch {
    return undefined;
  }
}
