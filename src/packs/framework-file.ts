import { z } from 'zod';

const link = z.strictObject({ label: z.string().min(1), url: z.url({ protocol: /^https$/u }) });

/** `packs/frameworks/<name>.yaml`: identifiers and titles of one edition, and the ids that are no longer live. */
export const frameworkSchema = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  edition: z.string().min(1),
  document: z.string().min(1),
  attribution: z.string().min(1),
  link,
  notes: z.array(z.string()),
  items: z.array(z.strictObject({ id: z.string().min(1), title: z.string().min(1) })).min(1),
  withdrawn: z.array(z.strictObject({ id: z.string().min(1), now: z.array(z.string()).default([]) })),
});
export type Framework = z.infer<typeof frameworkSchema>;

/** A mapping of a behaviour with its title, as the public contract shows it. */
export type FrameworkReference = {
  readonly framework: string;
  readonly edition: string;
  readonly id: string;
  readonly title: string;
};

type Mapping = { readonly framework: string; readonly edition: string; readonly id: string };

/** Ids are re-used between editions: framework and edition must both fit. A string says why there is no such item. */
export function resolveMapping(
  mapping: Mapping,
  frameworks: readonly Framework[],
): FrameworkReference | string {
  const sameName = frameworks.filter((framework) => framework.id === mapping.framework);
  if (sameName.length === 0) return `no framework is called ${mapping.framework}`;
  const framework = sameName.find((candidate) => candidate.edition === mapping.edition);
  if (framework === undefined) {
    return `${mapping.framework} is here in edition ${sameName.map((one) => one.edition).join(', ')}, not ${mapping.edition}`;
  }
  const item = framework.items.find((candidate) => candidate.id === mapping.id);
  if (item !== undefined) return { ...mapping, title: item.title };
  const old = framework.withdrawn.find((candidate) => candidate.id === mapping.id);
  if (old === undefined) return `${mapping.id} is not in ${framework.title} ${framework.edition}`;
  const instead = old.now.length === 0 ? '' : `; covered now by ${old.now.join(' and ')}`;
  return `${mapping.id} is withdrawn in ${framework.title} ${framework.edition}${instead}`;
}
