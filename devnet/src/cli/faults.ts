import { Argument, type Command, Option } from 'commander';
import { type ControlRequest, callControl } from '../control.js';
import {
  type CommonOptions,
  durationArgument,
  groupsArgument,
  homeOf,
  nodeArgument,
  verb,
} from './arguments.js';
import { createOutput } from './output.js';

const processVerbs = [
  ['kill', 'end a node as a crash does (SIGKILL)', 'killed'],
  ['stop', 'end a node in good order', 'stopped'],
  ['start', 'start a node again', 'started'],
  ['pause', 'let a node stand still (SIGSTOP)', 'paused'],
  ['resume', 'let it go on (SIGCONT)', 'resumed'],
] as const;

/** The verbs that disturb a running network, and those that mend it. */
export function faultCommands(): Command[] {
  return [...processVerbs.map(processCommand), partitionCommand(), slowCommand(), healCommand()];
}

function processCommand([name, description, done]: (typeof processVerbs)[number]): Command {
  return verb(name, description)
    .addArgument(new Argument('<node>', 'index or id').argParser(nodeArgument))
    .action(async (node: number, options: CommonOptions) => {
      await ask(options, { verb: name, node }, `${nodeName(node)} ${done}`);
    });
}

function partitionCommand(): Command {
  return verb('partition', 'split the network, such as 0,1/2,3')
    .addArgument(new Argument('<groups>', 'nodes by group').argParser(groupsArgument))
    .action(async (groups: number[][], options: CommonOptions) => {
      const parts = groups.map((group) => group.map(nodeName).join(' ')).join(' | ');
      await ask(options, { verb: 'partition', groups }, `split: ${parts}`);
    });
}

function slowCommand(): Command {
  const latency = new Option('--latency <time>', 'such as 300ms')
    .argParser(durationArgument)
    .makeOptionMandatory();
  return verb('slow', 'delay every message from and to a node')
    .addArgument(new Argument('<node>', 'index or id').argParser(nodeArgument))
    .addOption(latency)
    .action(async (node: number, options: CommonOptions & { readonly latency: number }) => {
      const { latency: latencyMs } = options;
      await ask(
        options,
        { verb: 'slow', node, latencyMs },
        `${nodeName(node)} ${latencyMs} ms late`,
      );
    });
}

function healCommand(): Command {
  return verb('heal', 'end splits and delays').action(async (options: CommonOptions) => {
    await ask(options, { verb: 'heal' }, 'healed');
  });
}

async function ask(options: CommonOptions, request: ControlRequest, done: string): Promise<void> {
  const output = createOutput(options.json === true);
  await callControl(homeOf(options), request);
  output.emit({ event: 'done', ...request });
  output.say(done);
}

function nodeName(index: number): string {
  return `v${index + 1}`;
}
