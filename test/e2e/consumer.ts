import { open } from 'node:fs/promises';
import { fromDevnet } from '@triflow/sdk/devnet';
import { fileCheckpoints } from '@triflow/sdk/node';

/**
 * A consumer of events as an application has one, to be killed at any moment: it deals with an
 * event by a line in a file, then acknowledges it, and says at each step how far it has come.
 */
const [devnetFile = '', type = '', after = '', checkpointFile = '', dealtFile = ''] =
  process.argv.slice(2);
// Whoever started it may be killed too.
process.once('disconnect', () => process.exit());
tell('started');
const client = await fromDevnet(devnetFile, { as: 'court' });
const dealt = await open(dealtFile, 'a');
const checkpoint = fileCheckpoints(checkpointFile);
for await (const event of client.events.follow({ types: [type], after, checkpoint })) {
  tell('given');
  await dealt.write(`${event.cursor}\n`);
  tell('dealt');
  await event.ack();
  tell('acknowledged');
}

function tell(step: string): void {
  process.send?.(step);
}
