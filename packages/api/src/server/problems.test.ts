import { CodedError, commonStatusCodes, errorCodes } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { problemSchema } from '../routes/problem.js';
import { problemFromError, problemFromFault, problemFromStatus } from './problems.js';

describe('problem documents', () => {
  it('carry what the registry says of every code of the node', () => {
    for (const [code, { httpStatus, retry, title }] of Object.entries(errorCodes)) {
      const problem = problemSchema.parse(problemFromError(new CodedError(code, 'why')));
      expect(problem).toMatchObject({ code, status: httpStatus, retry, title, detail: 'why' });
    }
  });

  it('carry contract and number of every common status', () => {
    for (const [code, number] of Object.entries(commonStatusCodes)) {
      const problem = problemFromStatus({ contract: 'ledger', number, code }, 'why');
      expect(problemSchema.parse(problem)).toMatchObject({
        code: code.toUpperCase(),
        number,
        contract: 'ledger',
      });
    }
  });

  it('tell a signature key that is not in force from a key that a party does not have', () => {
    const status = { contract: 'party-registry', number: 104, code: 'party_key_not_found' };
    const code = 'PARTY_KEY_NOT_FOUND';
    expect(problemFromStatus(status, 'why')).toMatchObject({ code, status: 404 });
    const fault = { code: 'key_not_found', message: 'why' };
    expect(problemFromFault(fault)).toMatchObject({ code: 'KEY_NOT_FOUND', status: 401 });
  });

  it('put details and wrong members into their places', () => {
    const errors = [{ path: '/a', message: 'is wrong' }];
    const error = new CodedError('REQUEST_INVALID', 'why', { details: { errors, more: 1 } });
    expect(problemFromError(error)).toMatchObject({ details: { more: 1 }, errors });
  });
});
