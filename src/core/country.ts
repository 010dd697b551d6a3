import { z } from 'zod';

/** ISO 3166-1 alpha-2, with a part of the country behind it where that has holidays of its own (ISO 3166-2). */
export const countryPattern = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/u;

export const countrySchema = z
  .string()
  .trim()
  .regex(countryPattern, 'write a country as PT, or with its part as ES-CT');

/** Where somebody works, as far as their language tells: `pt-BR` is read as Brazil. Undefined for plain `pt`. */
export function countryOfLanguage(language: string | undefined): string | undefined {
  const found = /^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})(?:-|$)/u.exec(language ?? '');
  return found?.[1]?.toUpperCase();
}
