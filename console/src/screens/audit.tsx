import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type AuditFilter, auditHeadsQuery, auditQuery } from '../api/run-queries.ts';
import type { AuditEntryJson } from '../api/shapes.ts';
import { auditKinds, auditSays, bodyText } from '../parts/audit-text.ts';
import { ChainCheck } from '../parts/chain-check.tsx';
import { Choose, SoughtText } from '../parts/fields.tsx';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { minuteText } from '../parts/text.ts';

/** Who got in, who was kept out, and who changed either: one hash chain, sealed with the ledger. */
export function Audit() {
  const search = useSearch({ from: '/frame/audit' });
  const entries = useQuery(auditQuery(search));
  const navigate = useNavigate();
  const set = (name: 'kind' | 'by', value: string) => {
    const { before: _, [name]: __, ...rest } = search;
    void navigate({ to: '/audit', search: { ...rest, ...(value === '' ? {} : { [name]: value }) } });
  };
  const isFiltered = search.kind !== undefined || search.by !== undefined;
  return (
    <>
      <Title text="Audit">
        Who signed in, what was refused, and who changed who may do what. Nothing that was typed is kept.
      </Title>
      <search className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Choose
          label="What"
          value={search.kind ?? ''}
          all="Everything"
          choices={auditKinds}
          onSet={(value) => set('kind', value)}
        />
        <SoughtText
          label="By, as its id"
          value={search.by ?? ''}
          placeholder="token:…"
          onSet={(value) => set('by', value)}
        />
      </search>
      {entries.data === undefined ? (
        <Waiting query={entries} />
      ) : (
        <div className="space-y-4">
          <Chain entries={entries.data.items} isWhole={!isFiltered} />
          {entries.data.items.length === 0 ? (
            <Empty title={isFiltered ? 'Nothing like this was recorded' : 'Nothing was recorded yet'}>
              <p>Each sign-in, each refusal and each change of a token, an account or a role stands here.</p>
            </Empty>
          ) : (
            <Entries items={entries.data.items} />
          )}
          <Pages search={search} next={entries.data.next} />
        </div>
      )}
    </>
  );
}

/** Whether what is shown hangs together; the whole chain is read when somebody asks. */
function Chain(given: { readonly entries: readonly AuditEntryJson[]; readonly isWhole: boolean }) {
  const { entries, isWhole } = given;
  const heads = useQuery(auditHeadsQuery);
  if (heads.data === undefined) return <Waiting query={heads} />;
  const { head, noted } = heads.data;
  if (head === undefined) return undefined;
  const broken = isWhole
    ? entries.filter((entry, at) => {
        const earlier = entries[at + 1];
        return earlier !== undefined && earlier.hash !== entry.previous;
      })
    : [];
  const sealed = noted.reduce((most, { seq }) => Math.max(most, seq), 0);
  return (
    <section className="card">
      <h2 className="mb-2 flex flex-wrap items-baseline gap-2">
        {head.seq.toLocaleString()} entries in one chain
        {broken.length > 0 ? (
          <Tag tone="wait">Broken</Tag>
        ) : (
          isWhole && <Tag tone="good">What is shown hangs together</Tag>
        )}
      </h2>
      {broken.map(({ seq }) => (
        <p key={seq} role="alert">
          Entry {seq} does not follow from the one before it.
        </p>
      ))}
      <p className="text-sm text-soft">
        Its head: <code className="break-all">{head.hash}</code>.{' '}
        {sealed === 0
          ? 'The sealed ledger has noted none of it yet.'
          : `The sealed ledger noted it up to entry ${sealed.toLocaleString()}.`}{' '}
        Outside this server check it with <code>foldback audit verify</code>.
      </p>
      <ChainCheck path="/v1/audit/check" text="Check the whole chain" />
    </section>
  );
}

function Entries({ items }: { readonly items: readonly AuditEntryJson[] }) {
  return (
    <ol className="divide-y divide-line rounded-xl border border-line bg-card" aria-label="Entries">
      {items.map((entry) => (
        <li key={entry.seq} className="grid gap-x-4 px-4 py-2 sm:grid-cols-[4rem_1fr_max-content]">
          <span className="text-soft tabular-nums">{entry.seq.toLocaleString()}</span>
          <span className="min-w-0">
            {auditSays(entry.kind)}
            <span className="block text-sm text-soft">{bodyText(entry.body)}</span>
          </span>
          <span className="text-sm sm:text-end">
            {entry.name ?? entry.by}
            <span className="block text-soft">
              {minuteText(entry.at)}
              {entry.address !== undefined && `, ${entry.address}`}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Pages({ search, next }: { readonly search: AuditFilter; readonly next: number | undefined }) {
  const { before, ...first } = search;
  if (before === undefined && next === undefined) return undefined;
  return (
    <nav aria-label="Pages" className="flex flex-wrap gap-3">
      {before !== undefined && (
        <Link to="/audit" search={first} className="button">
          Latest
        </Link>
      )}
      {next !== undefined && (
        <Link to="/audit" search={{ ...first, before: next }} className="button">
          Earlier
        </Link>
      )}
    </nav>
  );
}
