/** Key blocks are compared in one form; a text without them is compared as it stands. */
const keyBlock = '-----BEGIN';

/**
 * The texts in which a file's secrets may stand: the file itself and, where it has a key block, the file with the
 * block's line ends, escapes and indentation taken out, as `normaliseSecret` does to the key.
 */
export function textForms(content: Buffer): readonly string[] {
  const text = decode(content);
  if (!text.includes(keyBlock)) return [text];
  const plain = text
    .replace(/\\r\\n|\\n|\\r|\r\n|\r/gu, '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
  return plain === text ? [text] : [text, plain];
}

/** Binary files are read as text too: a key in them stands there in plain. */
function decode(content: Buffer): string {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return content.toString('utf16le', 2);
  if (first === 0xfe && second === 0xff)
    return Buffer.from(content.subarray(2, content.length & ~1))
      .swap16()
      .toString('utf16le');
  return content.toString('utf8');
}
