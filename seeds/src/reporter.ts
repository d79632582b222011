/** The three flows, and what needs a human. */
export type LineKind = 'goods' | 'money' | 'data' | 'alert';

/** What a scenario says while it plays; every member is JSON. */
export type ReportEvent =
  | {
      readonly event: 'line';
      readonly kind: LineKind;
      readonly text: string;
      readonly height: number;
    }
  | { readonly event: 'mark'; readonly name: 'middle' }
  | { readonly event: 'mark'; readonly name: 'days'; readonly days: number }
  | { readonly event: 'step'; readonly name: string; readonly height: number }
  | { readonly event: 'done'; readonly [member: string]: unknown };

export type Reporter = (event: ReportEvent) => void;

export interface Output {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const labels: Readonly<Record<LineKind, string>> = {
  goods: 'goods 物流   ',
  money: 'money 资金流 ',
  data: 'data  信息流 ',
  alert: 'alert 预警   ',
};

/** NDJSON on stdout, one event a line. */
export function jsonReporter({ stdout }: Output): Reporter {
  return (event) => stdout(`${JSON.stringify(event)}\n`);
}

/** The same for people: the story on stdout, progress on stderr. */
export function textReporter({ stdout, stderr }: Output): Reporter {
  return (event) => {
    switch (event.event) {
      case 'line':
        stdout(`  ${labels[event.kind]} ${event.text.padEnd(76)} h ${event.height}\n`);
        return;
      case 'step':
        stderr(`  ${event.name}\n`);
        return;
      case 'mark':
        return;
      case 'done':
        stdout(`\n  ${doneText(event)}\n`);
        return;
    }
  };
}

function doneText(done: Readonly<Record<string, unknown>>): string {
  const facts = `${String(done.parties)} parties, ${String(done.readsVerified)} verified reads`;
  return `scenario "${String(done.scenario)}": ${facts}; evidence in ${String(done.evidenceFile)}`;
}
