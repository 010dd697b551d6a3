import { expect, test } from 'vitest';
import { signingKey } from '../lib/ed25519.ts';
import { type OutcomeFigures, oscalResults } from './oscal.ts';

const signer = signingKey(new Uint8Array(32).fill(5));
const outcome = (id: string, loops: number, verified: number, held: number): OutcomeFigures => ({
  id,
  title: `The outcome ${id}`,
  behaviours: ['secret-in-repository'],
  loops,
  verified,
  held,
});
const given = {
  organisation: 'Example Ltd',
  subject: 'a period',
  title: 'Foldback evidence',
  from: Date.UTC(2026, 9, 1),
  until: Date.UTC(2026, 11, 1),
  exportedAt: Date.UTC(2026, 11, 2),
  framework: 'NIST-CSF 2.0',
  outcomes: [outcome('ID.IM-03', 3, 2, 1), outcome('PR.AA-01', 3, 1, 1), outcome('ID.RA-07', 0, 0, 0)],
  signer,
};
const document = oscalResults(given);

type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
const parsed: Json = JSON.parse(JSON.stringify(document));

/** Members of this name, wherever they stand, with their place. */
function* membersOf(value: Json, name: string, place = ''): Generator<readonly [string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    if (key === name) yield [`${place}/${key}`, one];
    yield* membersOf(one, name, `${place}/${key}`);
  }
}

/** What OSCAL 1.2.2 requires of each object that we write, by the member under which it stands. */
const required: Readonly<Record<string, readonly string[]>> = {
  'assessment-results': ['uuid', 'metadata', 'import-ap', 'results'],
  metadata: ['title', 'last-modified', 'version', 'oscal-version'],
  'import-ap': ['href'],
  results: ['uuid', 'title', 'description', 'start', 'reviewed-controls'],
  'reviewed-controls': ['control-selections'],
  'include-controls': ['control-id'],
  observations: ['uuid', 'description', 'methods', 'collected'],
  findings: ['uuid', 'title', 'description', 'target'],
  target: ['type', 'target-id', 'status'],
  status: ['state'],
  'related-observations': ['observation-uuid'],
  props: ['name', 'value'],
};

test('every object has the members that OSCAL requires, and no list is empty', () => {
  for (const [name, members] of Object.entries(required)) {
    const found = [...membersOf(parsed, name)];
    expect(found.length, name).toBeGreaterThan(0);
    for (const [place, value] of found)
      for (const one of Array.isArray(value) ? value : [value])
        expect(Object.keys(one as object), place).toEqual(expect.arrayContaining([...members]));
  }
  const lists = (value: Json): readonly Json[][] =>
    typeof value !== 'object' || value === null
      ? []
      : [...(Array.isArray(value) ? [value as Json[]] : []), ...Object.values(value).flatMap(lists)];
  for (const list of lists(parsed)) expect(list.length).toBeGreaterThan(0);
});

test('every id is a UUID of its own, and the same export gives the same ids', () => {
  const ids = [...membersOf(parsed, 'uuid')].map(([, id]) => String(id));
  // The document, three results with an observation each, two findings, and what was planned.
  expect(ids.length).toBe(1 + 3 + 3 + 2 + 1);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-[45][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
  expect(oscalResults(given)).toEqual(document);
});

test('every reference leads to an observation of its own result, and every finding to the statement of its control', () => {
  const { results, 'import-ap': plan, 'back-matter': back } = document['assessment-results'];
  expect(back?.resources.map(({ uuid }) => `#${uuid}`)).toEqual([plan.href]);
  for (const { title, observations, findings = [], ...result } of results) {
    const known = new Set(observations.map(({ uuid }) => uuid));
    for (const finding of findings) {
      for (const { 'observation-uuid': one } of finding['related-observations'])
        expect(known.has(one)).toBe(true);
      expect(finding.target['target-id']).toBe(`${title}_statement`);
    }
    expect(result['reviewed-controls']['control-selections']).toEqual([
      { 'include-controls': [{ 'control-id': title }] },
    ]);
    expect(Date.parse(result.start)).toBeLessThan(Date.parse(result.end));
  }
});

test('an outcome is satisfied only when every case of it is proven fixed; without a case nothing is found', () => {
  const states = document['assessment-results'].results.map(({ title, findings }) => [
    title,
    findings?.map(({ target }) => target.status.state),
  ]);
  expect(states).toEqual([
    ['ID.IM-03', ['satisfied']],
    ['PR.AA-01', ['not-satisfied']],
    ['ID.RA-07', undefined],
  ]);
});

test('what is not of OSCAL itself stands in props under a namespace of our own, under names that are tokens', () => {
  for (const [, value] of membersOf(parsed, 'props'))
    for (const prop of value as readonly {
      readonly name: string;
      readonly ns: string;
      readonly value: string;
    }[]) {
      expect(prop.ns).toBe('urn:foldback:evidence');
      expect(prop.name).toMatch(/^[A-Za-z_][\w.-]*$/u);
      // A value is one line without spaces at its ends.
      expect(prop.value).toMatch(/^\S(.*\S)?$/u);
    }
});

test('an organisation with spaces at its ends or line breaks in its name still gives values that OSCAL takes', () => {
  const odd = oscalResults({ ...given, organisation: ' Example\n Ltd ' });
  const [organisation] = odd['assessment-results'].metadata.props;
  expect(organisation?.value).toBe('Example Ltd');
});
