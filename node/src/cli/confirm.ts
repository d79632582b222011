import { createInterface } from 'node:readline';
import { CodedError } from '@triflow/protocol';

/**
 * Goes on with what cannot be undone only when the operator said `--yes`, or types the word asked
 * for in full at a terminal. REQUEST_INVALID otherwise; nothing was changed then.
 */
export async function confirm(
  options: { readonly yes?: boolean },
  question: { readonly what: string; readonly word: string },
): Promise<void> {
  if (options.yes === true) return;
  const { what, word } = question;
  if (!process.stdin.isTTY) {
    const message = `${what}: this cannot be undone, and there is no terminal to ask at; say --yes`;
    throw new CodedError('REQUEST_INVALID', message);
  }
  process.stderr.write(`${what}: this cannot be undone. Type ${word} to do it: `);
  const reader = createInterface({ input: process.stdin });
  try {
    const typed = await new Promise<string>((resolve) => {
      reader.once('line', resolve);
      reader.once('close', () => resolve(''));
    });
    if (typed.trim() === word) return;
  } finally {
    reader.close();
  }
  throw new CodedError('REQUEST_INVALID', `${what}: ${word} was not typed; nothing was changed`);
}
