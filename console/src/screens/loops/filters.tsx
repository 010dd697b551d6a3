import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { behavioursQuery } from '../../api/queries.ts';
import { Choose, SoughtText } from '../../parts/fields.tsx';
import { plain, stateNames, stateSays } from '../../parts/text.ts';
import type { LoopSearch } from '../../router.tsx';

export function Filters({ search }: { readonly search: LoopSearch }) {
  const navigate = useNavigate({ from: '/loops' });
  const behaviours = useQuery(behavioursQuery);
  const set = (name: keyof LoopSearch, value: string) => {
    // A new filter begins at its first page.
    const { after: _, [name]: __, ...rest } = search;
    void navigate({ to: '/loops', search: { ...rest, ...(value === '' ? {} : { [name]: value }) } });
  };
  return (
    <search className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
      <Choose
        label="State"
        value={search.state ?? ''}
        all="All states"
        choices={stateNames.map((state) => [state, `${plain(state)}: ${stateSays[state]}`])}
        onSet={(value) => set('state', value)}
      />
      <Choose
        label="Behaviour"
        value={search.behaviour ?? ''}
        all="All behaviours"
        choices={(behaviours.data?.items ?? []).map(({ id, title }) => [id, title])}
        onSet={(value) => set('behaviour', value)}
      />
      <Choose
        label="Owner"
        value={search.ownerKind ?? ''}
        all="Anybody"
        choices={[
          ['person', 'A person'],
          ['team', 'A team'],
          ['unknown', 'Nobody known'],
        ]}
        onSet={(value) => set('ownerKind', value)}
      />
      <Choose
        label="Needs a person"
        value={search.needs ?? ''}
        all="Whether or not"
        choices={[
          ['danger', 'Urgent, and not answered'],
          ['risk', 'To decide on a risk'],
          ['help', 'To help'],
          ['owner', 'To say whose it is'],
        ]}
        onSet={(value) => set('needs', value)}
      />
      <SoughtText
        label="Repository"
        placeholder="acme/shop"
        value={search.repository ?? ''}
        onSet={(value) => set('repository', value)}
      />
    </search>
  );
}
