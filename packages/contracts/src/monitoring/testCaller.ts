import { type CborMap, isOk, OK } from '@triflow/protocol';
import { z } from 'zod';
import { command, type DefinedContract, defineContract } from '../defineContract.js';

const anything = z.record(z.string(), z.unknown());

/** A contract under another's name that passes its parameters on to an internal command. */
export function callerNamed(name: string, ...internals: readonly string[]): DefinedContract {
  const commands = internals.map((internal) => [
    internal,
    command({
      who: 'anyone',
      params: anything,
      verify: () => OK,
      execute: (context, params) => {
        const status = context.call('monitoring', internal, params as CborMap);
        return isOk(status) ? OK : status;
      },
    }),
  ]);
  return defineContract({
    name,
    version: 1,
    tables: [],
    commands: Object.fromEntries(commands),
    statusCodes: {},
  });
}
