import { useQuery } from '@tanstack/react-query';
import { behavioursQuery, meQuery } from '../api/queries.ts';
import { rolloutQuery, shadowQuery } from '../api/run-queries.ts';
import type { RolloutJson } from '../api/shapes.ts';
import { may } from './may.ts';
import { RolloutForm } from './rollout-form.tsx';
import { Tag, Waiting } from './states.tsx';
import { minuteText, percent, plain, type Tone } from './text.ts';

type Rule = RolloutJson['rules'][number];

const tones: Readonly<Record<Rule['stage'], Tone>> = { shadow: 'quiet', canary: 'wait', live: 'good' };

/** How far words go, by behaviour and team: the switches, who turned them, and what is held back. */
export function Rollout() {
  const rollout = useQuery(rolloutQuery);
  const me = useQuery(meQuery);
  const behaviours = useQuery(behavioursQuery);
  const titleOf = (id: string) => behaviours.data?.items.find((item) => item.id === id)?.title ?? plain(id);
  if (rollout.data === undefined) return <Waiting query={rollout} />;
  const { mode, rules, turns } = rollout.data;
  const placeText = (place: { readonly behaviour?: string; readonly team?: string }) =>
    [
      place.behaviour === undefined ? undefined : titleOf(place.behaviour),
      place.team === undefined ? undefined : `team ${place.team}`,
    ]
      .filter((part) => part !== undefined)
      .join(', ') || 'Everything';
  return (
    <section className="card">
      <h2 className="mb-1">Shadow, canary, live</h2>
      <p className="mb-3 max-w-prose text-soft">
        In shadow words are written and shown here, and nobody is told. A canary tells a share of people. What
        was only shown stays history: it is not said later by itself.
      </p>
      <table className="w-full text-start">
        <thead>
          <tr className="text-sm text-soft">
            <th className="py-1 text-start font-normal">Of</th>
            <th className="py-1 text-end font-normal">Stage</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={`${rule.behaviour} ${rule.team}`} className="border-t border-line">
              <td className="py-2">{placeText(rule)}</td>
              <td className="py-2 text-end">
                <Tag tone={tones[rule.stage]}>
                  {plain(rule.stage)}
                  {rule.share !== undefined && `, ${percent(rule.share)}`}
                </Tag>
              </td>
            </tr>
          ))}
          <tr className="border-t border-line">
            <td className="py-2">{rules.length === 0 ? 'Everything' : 'Everything else'}</td>
            <td className="py-2 text-end">
              <Tag tone={tones[mode]}>{plain(mode)}</Tag>
            </td>
          </tr>
        </tbody>
      </table>
      {may(me.data, 'delivery:write') && <RolloutForm me={me.data} titleOf={titleOf} />}
      <HeldBack titleOf={titleOf} />
      {turns.length > 0 && (
        <details className="mt-3 border-t border-line pt-2">
          <summary className="cursor-pointer font-medium">
            {turns.length.toLocaleString()} turns of a switch
          </summary>
          <ul className="mt-2 space-y-1 text-sm">
            {turns.map((turn) => (
              <li key={`${turn.at} ${turn.behaviour} ${turn.team}`}>
                {placeText(turn)}: {turn.stage === 'settings' ? 'as in the settings' : plain(turn.stage)}
                {turn.share !== undefined && `, ${percent(turn.share)}`} · {turn.reason}{' '}
                <span className="text-soft">
                  {turn.by}, {minuteText(turn.at)}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** What would have been said, where something was only shown. */
function HeldBack({ titleOf }: { readonly titleOf: (id: string) => string }) {
  const shadow = useQuery(shadowQuery);
  const held = (shadow.data?.items ?? []).filter(({ shown }) => shown.messages > 0);
  if (held.length === 0) return undefined;
  return (
    <details className="mt-3 border-t border-line pt-2">
      <summary className="cursor-pointer font-medium">What was shown only</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
      <section className="table-scroll mt-2" aria-label="What was shown only" tabIndex={0}>
        <table className="w-full text-sm tabular-nums">
          <thead className="text-soft">
            <tr>
              <th className="text-start font-normal">Of</th>
              <th className="text-end font-normal">Shown</th>
              <th className="text-end font-normal">To people</th>
              <th className="text-end font-normal">Said</th>
            </tr>
          </thead>
          <tbody>
            {held.map(({ behaviour, team, moment, shown, said }) => (
              <tr key={`${behaviour} ${team} ${moment}`} className="border-t border-line">
                <td className="py-1">
                  {titleOf(behaviour)}
                  {team !== undefined && `, team ${team}`}: {plain(moment)}
                </td>
                <td className="text-end">{shown.messages.toLocaleString()}</td>
                <td className="text-end">{shown.recipients.toLocaleString()}</td>
                <td className="text-end">{said.messages.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
