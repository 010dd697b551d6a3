import { useNavigate } from '@tanstack/react-router';
import type { CoverageJson } from '../../api/shapes.ts';
import { Choose, SoughtText } from '../../parts/fields.tsx';
import { standingNames, standingSays } from '../../parts/identity-parts.tsx';
import { plain } from '../../parts/text.ts';
import type { IdentitySearch } from '../../router.tsx';

export function IdentityFilters(given: {
  readonly search: IdentitySearch;
  readonly coverage: CoverageJson | undefined;
}) {
  const { search, coverage } = given;
  const navigate = useNavigate({ from: '/identities' });
  const set = (name: keyof IdentitySearch, value: string) => {
    // A new filter begins at its first page.
    const { after: _, [name]: __, ...rest } = search;
    void navigate({ to: '/identities', search: { ...rest, ...(value === '' ? {} : { [name]: value }) } });
  };
  return (
    <search className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
      <Choose
        label="Standing"
        value={search.standing ?? ''}
        all="Whatever is known"
        choices={standingNames.map((name) => [name, `${plain(name)}: ${standingSays[name]}`])}
        onSet={(value) => set('standing', value)}
      />
      <Choose
        label="Type"
        value={search.type ?? ''}
        all="All types"
        choices={(coverage?.identities ?? []).map(({ type }) => [type, plain(type)])}
        onSet={(value) => set('type', value)}
      />
      <Choose
        label="Team"
        value={search.team ?? ''}
        all="All teams"
        choices={(coverage?.teams ?? []).map(({ team, name }) => [team, name ?? team])}
        onSet={(value) => set('team', value)}
      />
      <SoughtText
        label="Owner (id)"
        placeholder="ana"
        value={search.owner ?? ''}
        onSet={(value) => set('owner', value)}
      />
      <SoughtText
        label="Words of its name"
        placeholder="deploy prod"
        value={search.text ?? ''}
        onSet={(value) => set('text', value)}
      />
    </search>
  );
}
