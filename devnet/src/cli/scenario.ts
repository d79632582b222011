import { CodedError } from '@triflow/protocol';
import type { Command } from 'commander';
import { callControl } from '../control.js';
import { playScenario } from '../scenario.js';
import { type CommonOptions, descriptionIn, homeOf, verb } from './arguments.js';
import { createOutput } from './output.js';
import { textOfScenarioLine } from './scenarioLine.js';
import { catchSignals } from './signals.js';

const DAY_MS = 86_400_000;

/** `scenario NAME`: plays a scenario of the seeds program on the running network. */
export function scenarioCommand(): Command {
  return verb('scenario', 'play a scenario on the running network')
    .argument('<name>', 'such as fuel-oil')
    .action(async (name: string, options: CommonOptions) => {
      const home = homeOf(options);
      const output = createOutput(options.json === true);
      const { pid } = await descriptionIn(home);
      if (pid === null) throw new CodedError('OBJECT_NOT_FOUND', `${home.dir} is not running`);
      const signals = catchSignals();
      try {
        const summary = await playScenario({
          name,
          devnetFile: home.description,
          signal: signals.signal,
          onDays: (days) => void callControl(home, { verb: 'advance', ms: days * DAY_MS }),
          onLine: (line) => {
            output.emit(line);
            output.say(textOfScenarioLine(line));
          },
        });
        output.emit({ event: 'done', ...summary });
      } finally {
        signals.release();
      }
    });
}
