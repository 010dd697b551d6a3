import { isSecretName } from './secret-name.ts';

/** A record may be a whole request: this much of it is looked at. */
const valuesMax = 3000;
const levelsMax = 16;
/** More than an audit record ever names. */
const secretsMax = 50;
/** Shorter ones stand in ordinary words, and `true` or `null` is no secret. */
const lengthMin = 6;

/**
 * The texts that stand under a secret's name anywhere in a vendor's record (`clientSecret`, `stringData.password`),
 * also in lists there: what an event keeps of the record must not repeat them in another place.
 */
export function namedSecrets(record: unknown): readonly string[] {
  const found = new Set<string>();
  let left = valuesMax;
  const visit = (value: unknown, isSecret: boolean, level: number): void => {
    left -= 1;
    if (left <= 0 || found.size >= secretsMax) return;
    if (typeof value === 'string') {
      if (isSecret && value.length >= lengthMin) found.add(value);
      return;
    }
    if (typeof value !== 'object' || value === null || level >= levelsMax) return;
    if (Array.isArray(value)) {
      for (const item of value.slice(0, left)) visit(item, isSecret, level + 1);
      return;
    }
    for (const [name, member] of Object.entries(value)) visit(member, isSecretName(name), level + 1);
  };
  visit(record, false, 0);
  return [...found];
}
