import { type Client, type CommandInput, type Committed, TriflowError } from '@triflow/sdk';
import { describe, expect, it } from 'vitest';
import type { Cast } from './cast.js';
import type { ReportEvent } from './reporter.js';
import { createStage } from './stage.js';

const input: CommandInput = { contract: 'lien', name: 'create', params: { id: 'ln_1' } };
const verified = { height: 9, signers: 3, of: 4, kind: 'inclusion' as const, ageMs: 5 };

type Answer = Committed | TriflowError;

function committed(height: number, events: Committed['events'] = []): Committed {
  return { outcome: 'committed', txId: 'tx_1', height, index: 0, verified, events };
}

function rejected(code: string): TriflowError {
  const details = { outcome: 'rejected', height: 12 };
  return new TriflowError(code, 'refused', { retry: 'never', details });
}

/** A cast whose clients give these answers in turn, whoever sends. */
function castOf(answers: Answer[]) {
  const sent: { alias: string; commands: unknown; attempt: number }[] = [];
  const client = (alias: string): Client => {
    const transaction = async (commands: unknown) => {
      let attempt = 0;
      const commit = async (): Promise<Committed> => {
        attempt += 1;
        sent.push({ alias, commands, attempt });
        const answer = answers.shift();
        if (answer === undefined) throw new TriflowError('INTERNAL', 'no answer left');
        if (answer instanceof TriflowError) throw answer;
        return answer;
      };
      return { id: 'tx_1', commit };
    };
    return { transaction } as unknown as Client;
  };
  const actor = () => {
    throw new TriflowError('INTERNAL', 'nobody asks');
  };
  const field = { gateway: actor, simulate: actor };
  const cast: Cast = { genesisHash: 'sha256:00', actor, client, field };
  return { cast, sent };
}

function stageOf(answers: Answer[]) {
  const { cast, sent } = castOf(answers);
  const told: ReportEvent[] = [];
  return { stage: createStage(cast, (event) => told.push(event)), sent, told };
}

describe('a stage', () => {
  it('sends the same transaction again while its outcome is unknown', async () => {
    const unknown = new TriflowError('OUTCOME_UNKNOWN', 'no outcome');
    const { stage, sent } = stageOf([unknown, unknown, committed(7)]);
    expect((await stage.act('refinery', input)).height).toBe(7);
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(stage.tally).toMatchObject({ committed: 1, rejected: {} });
  });

  it('gives up in the end, and at once on a refusal', async () => {
    const unknown = Array.from({ length: 9 }, () => new TriflowError('OUTCOME_UNKNOWN', 'none'));
    const lost = stageOf(unknown);
    await expect(lost.stage.act('refinery', input)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(lost.sent).toHaveLength(6);
    const refused = stageOf([rejected('LTV_TOO_HIGH')]);
    await expect(refused.stage.act('refinery', input)).rejects.toMatchObject({
      code: 'LTV_TOO_HIGH',
    });
    expect(refused.sent).toHaveLength(1);
  });

  it('has the others countersign what the first one opened, in their order', async () => {
    const opened = {
      contract: 'lien',
      type: 'pending.opened',
      subject: 'ln_1',
      data: { pendingId: 'create-1' },
    };
    const { stage, sent } = stageOf([committed(3, [opened]), committed(4), committed(5)]);
    const last = await stage.agree(['refinery', 'bank-yangtze', 'warehouse'], input);
    expect(last.height).toBe(5);
    const countersign = {
      contract: 'lien',
      name: 'countersign',
      params: { id: 'ln_1', pendingId: 'create-1' },
    };
    expect(sent.map(({ alias, commands }) => [alias, commands])).toEqual([
      ['refinery', input],
      ['bank-yangtze', [countersign]],
      ['warehouse', [countersign]],
    ]);
    expect(stage.tally.parties.size).toBe(3);
  });

  it('counts a refusal that is expected, and fails on any other end', async () => {
    const code = 'asset_already_encumbered';
    const { stage } = stageOf([rejected('ASSET_ALREADY_ENCUMBERED')]);
    expect(await stage.refused('refinery', input, code)).toEqual({
      code,
      txId: 'tx_1',
      height: 12,
    });
    expect(stage.tally).toMatchObject({ committed: 0, rejected: { [code]: 1 } });
    for (const answer of [rejected('OBJECT_NOT_FOUND'), committed(3)]) {
      const other = stageOf([answer]);
      await expect(other.stage.refused('refinery', input, code)).rejects.toMatchObject({
        code: 'SCENARIO_DIFFERS',
      });
    }
  });

  it('reads again until the answer is as new as what it has seen', async () => {
    const { stage, told } = stageOf([committed(7)]);
    await stage.act('refinery', input);
    const heights = [5, 6, 7];
    const found = await stage.read('refinery', async () => {
      return { height: heights.shift() ?? 0, verified };
    });
    expect(found.height).toBe(7);
    expect(stage.tally.readsVerified).toBe(1);
    stage.tell('goods', 'all is well');
    expect(told).toEqual([{ event: 'line', kind: 'goods', text: 'all is well', height: 7 }]);
  });
});
