export type Page<T> = { readonly items: readonly T[]; readonly next?: string };
