import { base32 } from '../lib/base32.ts';
import { sha256Hex } from '../lib/hmac.ts';
import { totpDigits, totpSeconds } from '../lib/totp.ts';

/** Who has to have a second factor beside their password. */
export const factorRules = ['optional', 'admins', 'everybody'] as const;
export type FactorRule = (typeof factorRules)[number];

export function needsFactor(rule: FactorRule, roles: readonly string[]): boolean {
  return rule === 'everybody' || (rule === 'admins' && roles.includes('admin'));
}

/** Codes to write down, for whoever lost their telephone: each is good once. */
export const recoveryCodesCount = 8;
/** 120 bits in 24 characters: so many that a plain hash keeps them (ASVS 6.5.2). */
export const recoveryBytesCount = 15;

/** @param random 15 random bytes */
export function recoveryCode(random: Uint8Array): string {
  if (random.length !== recoveryBytesCount)
    throw new RangeError(`a recovery code is made of ${recoveryBytesCount} random bytes`);
  return (base32(random).toLowerCase().match(/.{4}/gu) ?? []).join('-');
}

/** The hash under which a code rests; undefined for a text that is none. Blanks, hyphens and case do not count. */
export function recoveryHash(text: string): string | undefined {
  const plain = text.replace(/[\s-]+/gu, '').toLowerCase();
  return /^[a-z2-7]{24}$/u.test(plain) ? sha256Hex(`recovery code/1 ${plain}`) : undefined;
}

/** What an authenticator program reads from the picture (Key URI Format). */
export function factorUri(secret: string, house: string, login: string): string {
  const label = `${encodeURIComponent(house)}:${encodeURIComponent(login)}`;
  const query = `secret=${secret}&issuer=${encodeURIComponent(house)}&digits=${totpDigits}&period=${totpSeconds}`;
  return `otpauth://totp/${label}?${query}`;
}
