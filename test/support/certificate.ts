import { generateKeyPairSync, sign } from 'node:crypto';

/** A self-signed certificate for these names, made at run time: no key material stands in the repository. PEM. */
export function selfSigned(names: readonly string[]): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = sequence(set(sequence(objectId('550403'), tagged(0x0c, Buffer.from('Foldback test')))));
  const algorithm = sequence(objectId('2a8648ce3d040302')); // ecdsa-with-SHA256
  const now = Date.now();
  const alternativeNames = sequence(...names.map((name) => tagged(0x82, Buffer.from(name))));
  const extensions = sequence(
    sequence(objectId('551d11'), tagged(0x04, alternativeNames)),
    sequence(
      objectId('551d13'),
      tagged(0x01, Buffer.from([0xff])),
      tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))),
    ),
  );
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))), // version 3
    tagged(0x02, Buffer.from([1])),
    algorithm,
    subject,
    sequence(utcTime(now - 3_600_000), utcTime(now + 86_400_000)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const der = sequence(body, algorithm, signature);
  const lines = der.toString('base64').match(/.{1,64}/gu) ?? [];
  const label = 'CERTIFICATE';
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`,
  };
}

function tagged(tag: number, content: Uint8Array): Buffer {
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, Buffer.concat(parts));
const set = (...parts: readonly Uint8Array[]): Buffer => tagged(0x31, Buffer.concat(parts));
const objectId = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const utcTime = (at: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replaceAll(/[-:T]/gu, '')}Z`));
