import type { CommandHandler, Contract } from '@triflow/protocol';

type CommandListener = (command: string, seconds: number) => void;

/** Times the commands of contracts; the contracts themselves know no clock. */
export interface CommandMeter {
  /** The same contracts, each command timed. */
  readonly contracts: readonly Contract[];
  /** Calls back after each run of a command: in blocks, and in dry runs before them. */
  onCommand(listener: CommandListener): void;
}

/** Wraps the commands of contracts; `nowMs` is a clock that never goes back. */
export function createCommandMeter(
  contracts: readonly Contract[],
  nowMs: () => number,
): CommandMeter {
  const listeners: CommandListener[] = [];
  const timed = (name: string, run: CommandHandler): CommandHandler => {
    return (context, params) => {
      const startMs = nowMs();
      const status = run(context, params);
      const seconds = (nowMs() - startMs) / 1_000;
      for (const listener of listeners) listener(name, seconds);
      return status;
    };
  };
  const metered = contracts.map((contract): Contract => {
    const commands = [...contract.commands].map(([verb, run]): [string, CommandHandler] => {
      return [verb, timed(`${contract.name}.${verb}`, run)];
    });
    return { ...contract, commands: new Map(commands) };
  });
  return { contracts: metered, onCommand: (listener) => void listeners.push(listener) };
}
