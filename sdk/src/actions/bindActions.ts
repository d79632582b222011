import type { ClientCore } from '../client/clientCore.js';

/** Actions with their client put in. */
export type Bound<A> = {
  readonly [K in keyof A]: A[K] extends (core: ClientCore, ...rest: infer R) => infer O
    ? (...rest: R) => O
    : never;
};

type AnyAction = (core: ClientCore, ...rest: never[]) => unknown;

/** Binds free functions `(client, parameters)` to a client. */
export function bindActions<A extends Readonly<Record<string, AnyAction>>>(
  core: ClientCore,
  actions: A,
): Bound<A> {
  const bound = Object.entries(actions).map(([name, run]) => {
    return [name, (...rest: never[]) => run(core, ...rest)] as const;
  });
  return Object.fromEntries(bound) as unknown as Bound<A>;
}
