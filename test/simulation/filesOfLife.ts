import { CodedError } from '@triflow/protocol';
import type { FileSystem } from '@triflow/storage';

/** A machine's files as one life of its process sees them: after a power loss it changes nothing. */
export function filesOfLife(fs: FileSystem, isAlive: () => boolean): FileSystem {
  const alive = <A extends readonly unknown[], T>(
    work: (...args: A) => Promise<T>,
  ): ((...args: A) => Promise<T>) => {
    return async (...args) => {
      if (!isAlive()) throw new CodedError('ABORTED', 'the machine has crashed');
      return work(...args);
    };
  };
  return {
    createDirectory: alive((path) => fs.createDirectory(path)),
    list: alive((path) => fs.list(path)),
    read: alive((path) => fs.read(path)),
    open: alive((path, mode) => fs.open(path, mode)),
    rename: alive((from, to) => fs.rename(from, to)),
    remove: alive((path) => fs.remove(path)),
    syncDirectory: alive((path) => fs.syncDirectory(path)),
    freeBytes: alive((path) => fs.freeBytes(path)),
  };
}
