/** Keeps the cursor of the last acknowledged event, so that following resumes after a restart. */
export interface CheckpointStore {
  readonly load: () => Promise<string | undefined>;
  readonly save: (cursor: string) => Promise<void>;
}

/** Keeps the cursor as long as the program runs. */
export function memoryCheckpoints(cursor?: string): CheckpointStore {
  let kept = cursor;
  return {
    load: () => Promise.resolve(kept),
    save: (next) => {
      kept = next;
      return Promise.resolve();
    },
  };
}
