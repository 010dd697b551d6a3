/** The screens, in groups. A screen is offered to whoever may read what stands on it. */
export const placeGroups = [
  {
    title: 'Work',
    places: [
      { to: '/', text: 'Today', scope: 'loops:read' },
      { to: '/loops', text: 'Loops', scope: 'loops:read' },
      { to: '/owners', text: 'People and identities', scope: 'owners:read' },
    ],
  },
  {
    title: 'Words and rules',
    places: [
      { to: '/behaviours', text: 'Behaviours', scope: 'behaviours:read' },
      { to: '/reviews', text: 'Reviews', scope: 'behaviours:read' },
      { to: '/controls', text: 'Controls', scope: 'controls:read' },
      { to: '/policies', text: 'Policies', scope: 'controls:read' },
    ],
  },
  {
    title: 'What it brings',
    places: [
      { to: '/measures', text: 'Measures', scope: 'measures:read' },
      { to: '/experiments', text: 'Experiments', scope: 'measures:read' },
      { to: '/coverage', text: 'Coverage', scope: 'evidence:read' },
    ],
  },
  {
    title: 'How it runs',
    places: [
      { to: '/sources', text: 'Sources', scope: 'system:read' },
      { to: '/channels', text: 'Channels', scope: 'messages:read' },
      { to: '/audit', text: 'Audit', scope: 'audit:read' },
      { to: '/access', text: 'Access', scope: 'admin' },
    ],
  },
] as const;
