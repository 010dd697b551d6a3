import type { Behaviour } from '../core/behaviour.ts';
import { type ByHandForm, byHandFields, caseFieldsOf } from '../core/by-hand.ts';
import type { Event } from '../core/event.ts';
import { judge, type PackBehaviour } from './pack-behaviour.ts';
import type { PackProblem } from './problem.ts';

/**
 * What a person reports by a form has to open a case: the detection calls it a failure with no more than the form has
 * to be filled in with, and at least one part of the case is never left out.
 */
export function checkByHand(packs: Iterable<PackBehaviour>): readonly PackProblem[] {
  return [...packs].flatMap((pack) => {
    const { behaviour, file, lineOf } = pack;
    const forms = behaviour.byHand ?? [];
    return forms.flatMap((form, index) => {
      const report = (reason: string): PackProblem => ({ file, line: lineOf(['byHand', index]), reason });
      const isTwice = forms.findIndex(({ id }) => id === form.id) !== index;
      return [
        ...(isTwice ? [report(`a form is called "${form.id}" already`)] : []),
        ...problemsOf(pack, form).map(report),
      ];
    });
  });
}

function problemsOf(pack: PackBehaviour, form: ByHandForm): readonly string[] {
  const rules = form.asks.rule?.choices?.map(({ id }) => id) ?? [form.asks.rule?.example];
  const silent = rules.filter((rule) => judge(pack, sampleOf(form, rule)) !== 'failed');
  const problems = silent.map(
    (rule) =>
      `what the form "${form.id}" reports${rule === undefined ? '' : ` of "${rule}"`} is no failure to the detection`,
  );
  return namesCase(pack.behaviour, form)
    ? problems
    : [...problems, `the form "${form.id}" has to ask for a part of the case: ${pack.behaviour.keys.case}`];
}

function namesCase({ keys }: Behaviour, form: ByHandForm): boolean {
  if (keys.case === 'fingerprint') return true;
  const given = new Set(byHandFields.filter((field) => form.asks[field]?.optional === false));
  // The account is that of whoever did it where nobody asks for one.
  if (given.has('who') && form.event.identity !== undefined) given.add('identity');
  return caseFieldsOf(keys.case).some((field) => given.has(field));
}

/** The least that the form can say. */
function sampleOf({ event, asks }: ByHandForm, rule: string | undefined): Partial<Event> {
  const { kind, action, outcome, actor: type = 'person', identity, resource } = event;
  const given = (field: keyof typeof asks) =>
    asks[field]?.optional === false ? asks[field].example : undefined;
  const who = given('who');
  const account = given('identity') ?? (identity === undefined ? undefined : who);
  const wanted = given('resource');
  const campaign = given('campaign');
  return {
    source: 'by-hand',
    kind,
    ...(action === undefined ? {} : { action }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(who === undefined ? {} : { actor: type === 'person' ? { type, email: who } : { type, id: who } }),
    ...(account === undefined ? {} : { identity: { type: identity ?? 'account', id: account } }),
    ...(wanted === undefined ? {} : { resource: { type: resource ?? 'resource', id: wanted } }),
    joins: {
      ...(asks.rule?.optional === false && rule !== undefined ? { rule } : {}),
      ...(campaign === undefined ? {} : { campaign }),
    },
  };
}
