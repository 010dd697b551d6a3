import { createHash } from 'node:crypto';

/** Names of ours, under this namespace (RFC 9562, 5.5); chosen once, never changed. */
const namespace = Buffer.from('5b8b2f0e6f7e4c0b9a5d3a1f0c4e7d21', 'hex');

/** The same name gives the same UUID, everywhere. */
export function uuid5(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
