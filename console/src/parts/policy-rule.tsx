import type { PolicyRulesJson } from '../api/shapes.ts';
import { Tag } from './states.tsx';
import { plain, type Tone } from './text.ts';

export type Rule = PolicyRulesJson['items'][number];
type Sentence = Readonly<Record<string, string>>;

const tones: Readonly<Record<Rule['severity'], Tone>> = {
  low: 'quiet',
  medium: 'work',
  high: 'wait',
  critical: 'wait',
};

/** In the reader's language where it is written, else in English, else in whatever there is. */
export function said(sentence: Sentence | undefined): string | undefined {
  if (sentence === undefined) return undefined;
  const own = navigator.languages.find((language) => sentence[language.slice(0, 2)] !== undefined);
  return sentence[own?.slice(0, 2) ?? 'en'] ?? sentence.en ?? Object.values(sentence)[0];
}

/** One rule: what it says first, how it is written behind it. */
export function PolicyRule({ rule }: { readonly rule: Rule }) {
  const { effect, severity } = rule;
  return (
    <li className="px-4 py-3">
      <details>
        <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-2">
          <code className="font-medium">{rule.id}</code>
          <Tag tone={effect === 'permit' ? 'good' : tones[severity]}>
            {effect === 'permit' ? 'Permits' : `Forbids, ${severity}`}
          </Tag>
          {effect === 'forbid' && <span className="text-soft">{said(rule.reasonUser)}</span>}
        </summary>
        <div className="mt-3 space-y-3">
          {effect === 'forbid' && <Words rule={rule} />}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
          <section aria-label={`Rule ${rule.id} in Cedar`} tabIndex={0} className="table-scroll">
            <pre className="w-max min-w-full rounded-lg border border-line bg-ground p-3 text-sm">
              {rule.text}
            </pre>
          </section>
          <p className="text-sm text-soft">
            <code>
              {rule.file}:{rule.line}
            </code>
            {rule.ruleClass !== rule.id && ` · one of the class ${rule.ruleClass}`}
          </p>
        </div>
      </details>
    </li>
  );
}

function Words({ rule }: { readonly rule: Rule }) {
  const { reasonUser, reasonAdmin, doInstead, ask, owner, behaviour, scope, isRetryable, exception } = rule;
  return (
    <dl className="facts text-sm">
      <dt>Whoever is refused reads</dt>
      <dd>
        <EachLanguage sentence={reasonUser} />
      </dd>
      <dt>An operator reads</dt>
      <dd>
        <EachLanguage sentence={reasonAdmin} />
      </dd>
      {doInstead.map(({ id, text }) => (
        <div key={id} className="contents">
          <dt>Instead</dt>
          <dd>
            <EachLanguage sentence={text} />
          </dd>
        </div>
      ))}
      {ask !== undefined && (
        <>
          <dt>Whom to ask</dt>
          <dd>
            <EachLanguage sentence={ask.text} />
          </dd>
        </>
      )}
      <dt>Owner</dt>
      <dd>{owner}</dd>
      <dt>A denial counts as</dt>
      <dd>{plain(behaviour)}</dd>
      <dt>Closed</dt>
      <dd>
        {scope === 'class' ? 'All of its class' : 'This call only'}
        {isRetryable && '; the same call may be tried again once its condition holds'}
      </dd>
      <dt>Exception</dt>
      <dd>{exception === undefined ? 'None can be asked for' : `At most ${exception}`}</dd>
    </dl>
  );
}

function EachLanguage({ sentence }: { readonly sentence: Sentence }) {
  return Object.entries(sentence).map(([language, text]) => (
    <span key={language} className="block">
      <span lang={language}>{text}</span> <span className="text-soft">{language}</span>
    </span>
  ));
}
