import type { ScenarioLine } from '../scenario.js';
import { padTo, paint } from './output.js';

const TEXT_COLUMNS = 74;

const labels = {
  goods: ['goods 物流', 'cyan'],
  money: ['money 资金流', 'green'],
  data: ['data  信息流', 'blue'],
  alert: ['alert', 'red'],
} as const;

/** A scenario's event as a line: which flow, what happened, at which height. */
export function textOfScenarioLine({ kind, text, height }: ScenarioLine): string {
  const [label, colour] = labels[kind];
  const at = height === undefined ? '' : `h ${height}`;
  return `  ${paint(colour, padTo(label, 12))}  ${padTo(text, TEXT_COLUMNS)} ${at}`.trimEnd();
}
