import { encode } from 'uqr';

/** A text as the squares of a QR code (ISO/IEC 18004), row by row, with the quiet zone around it that readers need. */
export function qrModules(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'M', border: 4 }).data;
}
