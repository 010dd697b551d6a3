import { countryOfLanguage } from '../core/country.ts';
import type { Addressee } from '../core/loop/position.ts';
import type { Person } from '../core/owner.ts';
import type { WorkingHours } from '../core/working-time.ts';
import type { DeliverySettings, LoopParts } from './parts.ts';

/** Made once a country: a set of days for every case would be made a thousand times a second. */
const made = new WeakMap<DeliverySettings, Map<string, WorkingHours>>();

/**
 * When somebody works: the hours of the installation without the holidays of everybody, of their country, and of their
 * part of it. Where no directory says the country, the region of their language does.
 */
export function hoursOf(
  { delivery }: Pick<LoopParts, 'delivery'>,
  person: Pick<Person, 'country' | 'language'> | undefined,
): WorkingHours {
  const { workingHours, holidays } = delivery;
  if (holidays === undefined || person === undefined) return workingHours;
  const country = person.country ?? countryOfLanguage(person.language);
  if (country === undefined) return workingHours;
  let known = made.get(delivery);
  if (known === undefined) {
    known = new Map();
    made.set(delivery, known);
  }
  const found = known.get(country);
  if (found !== undefined) return found;
  const [whole = ''] = country.split('-');
  const own = [...new Set([whole, country])].flatMap((code) =>
    Object.hasOwn(holidays, code) ? (holidays[code] ?? []) : [],
  );
  const hours =
    own.length === 0
      ? workingHours
      : { ...workingHours, holidays: new Set([...(workingHours.holidays ?? []), ...own]) };
  known.set(country, hours);
  return hours;
}

/** The same for whoever is written to; teams and the duty role keep the hours of the installation. */
export function hoursFor(parts: Pick<LoopParts, 'delivery' | 'people'>, to: Addressee): WorkingHours {
  return hoursOf(parts, to.kind === 'person' ? parts.people.person(to.id) : undefined);
}
