import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import type { ControlFilter } from './api/control-queries.ts';
import type { MeasureFilter } from './api/measure-queries.ts';
import type { ReviewFilter } from './api/review-queries.ts';
import type { AuditFilter } from './api/run-queries.ts';
import { controlStateNames } from './parts/control-parts.tsx';
import { Frame } from './parts/frame.tsx';
import { standingNames } from './parts/identity-parts.tsx';
import { reviewStateNames } from './parts/review-text.ts';
import { stateNames } from './parts/text.ts';
import { Today } from './screens/today/today.tsx';

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { next?: string } =>
    typeof search.next === 'string' ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('./screens/sign-in.tsx'), 'SignIn'),
});
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame });

export type LoopSearch = {
  readonly state?: (typeof stateNames)[number];
  readonly behaviour?: string;
  readonly team?: string;
  readonly owner?: string;
  readonly ownerKind?: 'person' | 'team' | 'unknown';
  readonly repository?: string;
  readonly needs?: (typeof needNames)[number];
  readonly after?: string;
};

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

const textsOf = (search: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = textOf(search[name]);
      return text === undefined ? [] : [[name, text]];
    }),
  );

export const needNames = ['danger', 'risk', 'help', 'owner'] as const;
const ownerKinds = ['person', 'team', 'unknown'] as const;

/** Filters stand in the address: what one sees can be sent to somebody. What is not known is left out. */
function loopSearch(search: Record<string, unknown>): LoopSearch {
  const state = stateNames.find((name) => name === search.state);
  const ownerKind = ownerKinds.find((kind) => kind === search.ownerKind);
  const needs = needNames.find((name) => name === search.needs);
  const texts = textsOf(search, ['behaviour', 'team', 'owner', 'repository', 'after']);
  return {
    ...(state === undefined ? {} : { state }),
    ...(ownerKind === undefined ? {} : { ownerKind }),
    ...(needs === undefined ? {} : { needs }),
    ...texts,
  };
}

export type IdentitySearch = {
  readonly type?: string;
  readonly standing?: (typeof standingNames)[number];
  readonly owner?: string;
  readonly team?: string;
  readonly text?: string;
  readonly after?: string;
};

function identitySearch(search: Record<string, unknown>): IdentitySearch {
  const standing = standingNames.find((name) => name === search.standing);
  const texts = textsOf(search, ['type', 'owner', 'team', 'text', 'after']);
  return { ...(standing === undefined ? {} : { standing }), ...texts };
}

function controlSearch(search: Record<string, unknown>): ControlFilter {
  const state = controlStateNames.find((name) => name === search.state);
  const behaviour = textOf(search.behaviour);
  return { ...(state === undefined ? {} : { state }), ...(behaviour === undefined ? {} : { behaviour }) };
}

const measureKinds = ['person', 'workload', 'agent', 'unknown'] as const;

function measureSearch(search: Record<string, unknown>): MeasureFilter {
  const by = (['team', 'kind', 'control'] as const).find((name) => name === search.by);
  const kind = measureKinds.find((name) => name === search.kind);
  const team = textOf(search.team);
  const month = (name: 'from' | 'to') => {
    const text = textOf(search[name]);
    return text !== undefined && /^20\d\d-(?:0[1-9]|1[0-2])$/u.test(text) ? { [name]: text } : {};
  };
  return {
    ...(by === undefined ? {} : { by }),
    ...(kind === undefined ? {} : { kind }),
    ...(team === undefined ? {} : { team }),
    ...month('from'),
    ...month('to'),
  };
}

function auditSearch(search: Record<string, unknown>): AuditFilter {
  const kind = textOf(search.kind);
  const by = textOf(search.by);
  const before = Number(search.before);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(by === undefined ? {} : { by }),
    ...(Number.isInteger(before) && before > 0 ? { before } : {}),
  };
}

const screens = [
  createRoute({ getParentRoute: () => frame, path: '/', component: Today }),
  createRoute({
    getParentRoute: () => frame,
    path: '/loops',
    validateSearch: loopSearch,
    component: lazyRouteComponent(() => import('./screens/loops/loops.tsx'), 'Loops'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/loops/new',
    component: lazyRouteComponent(() => import('./screens/new-loop.tsx'), 'NewLoop'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/loops/$id',
    component: lazyRouteComponent(() => import('./screens/loop.tsx'), 'LoopScreen'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/behaviours',
    component: lazyRouteComponent(() => import('./screens/behaviours.tsx'), 'Behaviours'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/behaviours/$id',
    component: lazyRouteComponent(() => import('./screens/behaviour/behaviour.tsx'), 'Behaviour'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/measures',
    component: lazyRouteComponent(() => import('./screens/measures.tsx'), 'Measures'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/measures/$behaviour',
    validateSearch: measureSearch,
    component: lazyRouteComponent(() => import('./screens/measure/measure.tsx'), 'Measure'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/experiments',
    component: lazyRouteComponent(() => import('./screens/experiments.tsx'), 'Experiments'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/experiments/$id',
    component: lazyRouteComponent(() => import('./screens/experiment.tsx'), 'Experiment'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/controls',
    validateSearch: controlSearch,
    component: lazyRouteComponent(() => import('./screens/controls.tsx'), 'Controls'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/controls/$id',
    component: lazyRouteComponent(() => import('./screens/control/control.tsx'), 'Control'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/coverage',
    component: lazyRouteComponent(() => import('./screens/coverage.tsx'), 'Coverage'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/owners',
    component: lazyRouteComponent(() => import('./screens/owners.tsx'), 'Owners'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/identities',
    validateSearch: identitySearch,
    component: lazyRouteComponent(() => import('./screens/people/identities.tsx'), 'Identities'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/identities/$id',
    component: lazyRouteComponent(() => import('./screens/people/identity.tsx'), 'IdentityScreen'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/people/$id',
    component: lazyRouteComponent(() => import('./screens/people/person.tsx'), 'PersonScreen'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/reviews',
    validateSearch: (search): ReviewFilter => {
      const state = reviewStateNames.find((name) => name === search.state);
      return state === undefined ? {} : { state };
    },
    component: lazyRouteComponent(() => import('./screens/reviews.tsx'), 'Reviews'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/reviews/$id',
    component: lazyRouteComponent(() => import('./screens/review.tsx'), 'Review'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/policies',
    component: lazyRouteComponent(() => import('./screens/policies.tsx'), 'Policies'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/channels',
    component: lazyRouteComponent(() => import('./screens/channels.tsx'), 'Channels'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/audit',
    validateSearch: auditSearch,
    component: lazyRouteComponent(() => import('./screens/audit.tsx'), 'Audit'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/access',
    component: lazyRouteComponent(() => import('./screens/access/access.tsx'), 'Access'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/account',
    component: lazyRouteComponent(() => import('./screens/access/account.tsx'), 'Account'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/sources',
    component: lazyRouteComponent(() => import('./screens/sources.tsx'), 'Sources'),
  }),
  createRoute({
    getParentRoute: () => frame,
    path: '/$',
    component: lazyRouteComponent(() => import('./screens/no-screen.tsx'), 'NoScreen'),
  }),
] as const;

export function createConsoleRouter(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([signIn, frame.addChildren(screens)]),
    basepath: '/console',
    context: { client },
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
