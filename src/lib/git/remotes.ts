import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A clone's own configuration; a larger file is no configuration that anyone wrote. */
const configBytesMax = 256 * 1024;
const remotesMax = 50;

/**
 * The addresses of a clone's remotes as its configuration writes them, `origin` first. Read as text: git itself would
 * follow includes, and a clone's configuration is hostile. [] when there is none.
 */
export async function remoteUrls(gitDir: string): Promise<readonly string[]> {
  const text = await configText(gitDir);
  const found: { readonly remote: string; readonly url: string }[] = [];
  let remote: string | undefined;
  for (const line of text.split('\n')) {
    const section = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/u.exec(line);
    if (section !== null) remote = section[1]?.toLowerCase() === 'remote' ? section[2] : undefined;
    const url = /^\s*url\s*=\s*"?([^"#;\s]+)/iu.exec(line)?.[1];
    if (remote !== undefined && url !== undefined && found.length < remotesMax) found.push({ remote, url });
  }
  return found
    .toSorted((a, b) => Number(b.remote === 'origin') - Number(a.remote === 'origin'))
    .map(({ url }) => url);
}

/** A linked worktree has its configuration in the folder that `commondir` names (gitrepository-layout(5)). */
async function configText(gitDir: string): Promise<string> {
  const common = (await smallText(join(gitDir, 'commondir'))).trim();
  return smallText(join(common === '' ? gitDir : resolve(gitDir, common), 'config'));
}

async function smallText(path: string): Promise<string> {
  const size = await stat(path).catch(() => undefined);
  if (size === undefined || !size.isFile() || size.size > configBytesMax) return '';
  return readFile(path, 'utf8').catch(() => '');
}
