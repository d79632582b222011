import { signal } from '@preact/signals';
import { readNodeInfo } from './chainClient.js';
import { getJson, postJson, reader, token } from './nodeApi.js';

/** Whether it is known as whom this page reads; until then it asks for nothing else. */
export const isSettled = signal(false);

interface WhoAmI {
  readonly party: string | null;
}

/**
 * Finds out as whom to read at the start. On a devnet, whose keys are public, the page reads as
 * its regulator until somebody chooses otherwise, so that the first look shows the whole story.
 */
export async function settleReader(): Promise<void> {
  try {
    const { devnet } = await readNodeInfo();
    if (devnet && token.value === undefined) await readAsRegulator();
  } catch {
    // The node is away or reads openly: the public view.
  }
  isSettled.value = true;
}

/** Opens a session of a demo party; only a devnet does that for the asking. */
export async function readAsDemoParty(party: string): Promise<void> {
  const session = await postJson<{ token: string }>('/v1/sessions', { party });
  token.value = session.token;
  reader.value = party;
}

/** Takes a token and asks the node whose it is. Throws when it is nobody's. */
export async function readWithToken(given: string): Promise<void> {
  const before = token.value;
  token.value = given;
  try {
    const { party } = await getJson<WhoAmI>('/v1/sessions/me');
    reader.value = party ?? undefined;
  } catch (error) {
    token.value = before;
    throw error;
  }
}

/** Back to what anybody may see. */
export function readAsPublic(): void {
  token.value = undefined;
  reader.value = undefined;
}

async function readAsRegulator(): Promise<void> {
  const path = '/v1/parties?role=REGULATOR&limit=1';
  const { data } = await getJson<{ data: readonly { id: string }[] }>(path);
  const [regulator] = data;
  if (regulator !== undefined) await readAsDemoParty(regulator.id);
}
