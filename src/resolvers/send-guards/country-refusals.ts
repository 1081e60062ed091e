import { countryOf } from '../../domain/phone-number.ts';

/** A sentence for each recipient in a country that is not on the list; a number of no country is not on it. */
export function findCountryRefusals(
  to: readonly string[],
  countries: ReadonlySet<string> | null,
): readonly string[] {
  if (countries === null) return [];
  return to.flatMap((recipient, index) => {
    const country = countryOf(recipient);
    if (country !== null && countries.has(country)) return [];
    return [`to[${index}] is in a country that messages are not allowed to.`];
  });
}
