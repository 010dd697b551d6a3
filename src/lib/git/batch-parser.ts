export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';
export type ObjectInfo = { readonly oid: string; readonly type: ObjectType; readonly size: number };
export type BatchAnswer = { readonly info: ObjectInfo; readonly content: Buffer };

/** A line of git's answer repeats the name that was asked; a longer one is no answer of git. */
const headerLengthMax = 16 * 1024;
/** An object of this size is never asked for: its content would have to be held in memory. */
const contentBytesMax = 256 * 1024 * 1024;

const headerPattern = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) (\d{1,15})$/u;
const types: ReadonlyMap<string, ObjectType> = new Map([
  ['commit', 'commit'],
  ['tree', 'tree'],
  ['blob', 'blob'],
  ['tag', 'tag'],
]);

type Body = { readonly info: ObjectInfo; readonly content: Buffer; filled: number };

/**
 * Cuts the stream of `git cat-file --batch` or `--batch-check` into answers, in order (git-cat-file(1), "BATCH
 * OUTPUT"): `<oid> <type> <size>`, with --batch then the content and a line break. Any other line is "not there".
 * `broken` is called when the stream is not that format.
 */
export function openBatchParser(
  hasContent: boolean,
  answer: (found: BatchAnswer | undefined) => void,
  broken: () => void,
): (chunk: Buffer) => void {
  let header = '';
  let body: Body | undefined;
  let isBroken = false;

  const fail = (): void => {
    isBroken = true;
    broken();
  };
  const takeHeader = (line: string): void => {
    const info = infoOf(line);
    if (info === undefined) answer(undefined);
    else if (!hasContent) answer({ info, content: Buffer.alloc(0) });
    else if (info.size > contentBytesMax) fail();
    // One byte more, for the line break after the content.
    else body = { info, content: Buffer.alloc(info.size + 1), filled: 0 };
  };

  return (chunk) => {
    let offset = 0;
    while (offset < chunk.length && !isBroken) {
      if (body === undefined) {
        const lineEnd = chunk.indexOf(0x0a, offset);
        header += chunk.toString('latin1', offset, lineEnd === -1 ? chunk.length : lineEnd);
        offset = lineEnd === -1 ? chunk.length : lineEnd + 1;
        if (header.length > headerLengthMax) return fail();
        if (lineEnd === -1) return;
        const line = header;
        header = '';
        takeHeader(line);
      } else {
        const taken = chunk.copy(body.content, body.filled, offset);
        offset += taken;
        body.filled += taken;
        if (body.filled < body.content.length) return;
        const { info, content } = body;
        body = undefined;
        if (content[info.size] !== 0x0a) return fail();
        answer({ info, content: content.subarray(0, info.size) });
      }
    }
  };
}

function infoOf(line: string): ObjectInfo | undefined {
  const [, oid, typeName, size] = headerPattern.exec(line) ?? [];
  const type = types.get(typeName ?? '');
  if (oid === undefined || type === undefined || size === undefined) return undefined;
  return { oid, type, size: Number(size) };
}
