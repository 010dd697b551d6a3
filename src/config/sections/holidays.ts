import { z } from 'zod';
import { countryPattern } from '../../core/country.ts';
import { says } from '../says.ts';

export const holidays = z
  .record(
    z.string().regex(countryPattern, 'write a country as PT, or its part as ES-CT'),
    z.array(z.iso.date()).max(400),
  )
  .default({})
  .meta(
    says(
      'Days on which nobody works, by country (ISO 3166-1, such as `PT`) or its part (ISO 3166-2, such as `ES-CT`, beside those of `ES`); those of everybody stand in `delivery.workingHours.holidays`.',
    ),
  );
